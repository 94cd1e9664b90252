namespace GenKernels.Train.Data;

/// <summary>Caches decoded frames, without eviction, up to a number of bytes. Thread-safe.</summary>
/// <remarks>
/// Copying a frame takes a small fraction of the time of decoding it, and a small data set fits whole.
/// </remarks>
internal sealed class FrameCache
{
    private readonly byte[]?[][] _frames;
    private readonly long _capacity;
    private long _used;

    /// <param name="frameCounts">Frames of each video.</param>
    /// <param name="capacity">Most bytes of pixels to keep.</param>
    public FrameCache(IEnumerable<int> frameCounts, long capacity)
    {
        _frames = [.. frameCounts.Select(count => new byte[]?[count])];
        _capacity = capacity;
    }

    /// <returns>False, with nothing written, if the frame is not cached.</returns>
    public bool TryRead(int video, int frame, Span<byte> rgb)
    {
        byte[]? kept = Volatile.Read(ref _frames[video][frame]);
        kept?.CopyTo(rgb);
        return kept is not null;
    }

    public void Keep(int video, int frame, ReadOnlySpan<byte> rgb)
    {
        bool fits = Interlocked.Add(ref _used, rgb.Length) <= _capacity;
        if (fits && Interlocked.CompareExchange(ref _frames[video][frame], rgb.ToArray(), null) is null) return;
        Interlocked.Add(ref _used, -rgb.Length);
    }
}
