namespace GenKernels.Train.Runs;

/// <summary>A file that grows by whole records: one that does not fit on the disk is taken back.</summary>
/// <remarks>Each record goes to the system at once, so that a kill right after does not lose it.</remarks>
/// <param name="path">Which file.</param>
/// <param name="mode">Whether it is made or gone on with.</param>
internal sealed class AppendedFile(string path, FileMode mode) : IDisposable
{
    // Without a buffer: closing the file after a failure must not try again to write what failed.
    private readonly FileStream _stream = new(path, mode, FileAccess.Write, FileShare.Read, bufferSize: 0);

    /// <summary>Keeps only the first bytes, after which the next record goes.</summary>
    public void Truncate(long length)
    {
        _stream.SetLength(length);
        _stream.Position = length;
    }

    /// <exception cref="IOException">The disk is full; the file ends with the record before.</exception>
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
