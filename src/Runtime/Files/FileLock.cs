namespace GenKernels.Runtime;

/// <summary>
/// Files that one process at a time holds, by the operating system's lock of an open file: a killed process loses it.
/// </summary>
public static class FileLock
{
    private const int WouldBlock = 11, SharingViolation = unchecked((int)0x80070020);  // on Linux, on Windows

    /// <param name="path">The file to lock; created if missing, its content kept.</param>
    /// <returns>
    /// The locked file, which the caller disposes to release it; null if another process, or another part of this one,
    /// holds it.
    /// </returns>
    /// <exception cref="IOException">The file cannot be opened or created.</exception>
    public static FileStream? TryTake(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException fault) when (fault.HResult is WouldBlock or SharingViolation)
        {
            return null;
        }
    }
}
