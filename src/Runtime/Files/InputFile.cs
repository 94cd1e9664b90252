namespace GenKernels.Runtime;

/// <summary>Looks at a file before it is opened, which for a pipe would wait for ever.</summary>
public static class InputFile
{
    /// <param name="path">A file, or a link to one.</param>
    /// <returns>Why it cannot be read, in a few words; null if nothing is wrong.</returns>
    public static string? Fault(string path)
    {
        if (Directory.Exists(path)) return "is a folder; expected a file";
        FileInfo file = new(path);
        if (!file.Exists) return "no such file";
        if (file.ResolveLinkTarget(returnFinalTarget: true) is { } target)
        {
            // An open pipe below /proc is a link to the likes of pipe:[123].
            if (target is not FileInfo { Exists: true }) return $"links to {target.FullName}, which is no file";
            file = (FileInfo)target;
        }

        return file.Length > 0 ? null : "is empty, or not a regular file";  // a pipe has no length
    }
}
