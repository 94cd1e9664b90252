namespace GenKernels.Runtime;

/// <summary>Looks at a file before it is opened, which for a pipe would wait for ever.</summary>
public static class InputFile
{
    /// <param name="path">A file, or a link to one.</param>
    /// <returns>Why it cannot be read, in a few words; null if nothing is wrong.</returns>
    public static string? Fault(string path)
    {
        if (Directory.Exists(path)) return "is a folder; expected a file";
        FileInfo given = new(path);
        FileSystemInfo file = given.Exists ? given.ResolveLinkTarget(returnFinalTarget: true) ?? given : given;
        if (!file.Exists) return "no such file";
        return file is FileInfo { Length: > 0 } ? null : "is empty, or not a regular file";  // a pipe has no length
    }
}
