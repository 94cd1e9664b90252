using GenKernels.Runtime;

namespace GenKernels.Cli.Doctor;

/// <summary>Compiled kernels on disk.</summary>
/// <param name="Folder">Path of the folder, which may not exist yet.</param>
/// <param name="Entries">Number of files in it.</param>
/// <param name="Bytes">Their total size.</param>
internal sealed record CacheFacts(string Folder, int Entries, long Bytes)
{
    internal static CacheFacts Read()
    {
        DirectoryInfo folder = new(new KernelCache().Folder);
        FileInfo[] files = folder.Exists ? folder.GetFiles() : [];
        return new CacheFacts(folder.FullName, files.Length, files.Sum(file => file.Length));
    }
}
