namespace GenKernels.Train.Video;

/// <summary>Checks a file before a program or library opens it, which for a pipe would wait for ever.</summary>
internal static class InputFile
{
    /// <param name="path">A file, or a link to one.</param>
    /// <exception cref="VideoException">There is none, or there is nothing in it.</exception>
    public static void Require(string path)
    {
        FileInfo given = new(path);
        FileSystemInfo file = given.Exists ? given.ResolveLinkTarget(returnFinalTarget: true) ?? given : given;
        if (!file.Exists) throw new VideoException($"{path}: no such file");
        if (file is FileInfo { Length: > 0 }) return;  // pipes and devices have no length
        throw new VideoException($"{path}: is empty, or not a regular file");
    }
}
