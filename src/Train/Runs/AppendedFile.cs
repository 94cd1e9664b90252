namespace GenKernels.Train.Runs;

/// <summary>An append-only file of whole records: a record that does not fit on the disk is removed again.</summary>
/// <remarks>Each record is handed to the operating system at once: it survives a kill of the process right
/// after.</remarks>
/// <param name="path">Path of the file.</param>
/// <param name="mode">Whether the file is created or continued.</param>
internal sealed class AppendedFile(string path, FileMode mode) : IDisposable
{
    // Unbuffered: closing the file after a failure must not retry the failed write.
    private readonly FileStream _stream = new(path, mode, FileAccess.Write, FileShare.Read, bufferSize: 0);

    /// <summary>Keeps only the first bytes; the next record follows them.</summary>
    public void Truncate(long length)
    {
        _stream.SetLength(length);
        _stream.Position = length;
    }

    /// <exception cref="IOException">The disk is full; the file ends with the previous record.</exception>
    public void Append(ReadOnlySpan<byte> record)
    {
        long start = _stream.Position;
        try
        {
            _stream.Write(record);
        }
        catch (IOException)
        {
            Truncate(start);
            throw;
        }
    }

    public void Dispose() => _stream.Dispose();
}
