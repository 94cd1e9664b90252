namespace GenKernels.Runtime;

/// <summary>
/// Where a recorded step keeps what it needs only in its middle: every buffer from its first use to its last, all in
/// one arena.
/// </summary>
/// <param name="Work">What the step does, in order: names of kernels, and of copies and such.</param>
/// <param name="Buffers">In the order of their first use.</param>
/// <param name="ArenaBytes">The size of the arena.</param>
/// <param name="LowerBound">The most bytes that are in use at the same time: no arena can be smaller.</param>
/// <param name="OuterBytes">
/// In buffers that the step uses but that are not its own: parameters, inputs, results.
/// </param>
public sealed record MemoryPlan(
    IReadOnlyList<string> Work, IReadOnlyList<PlannedBuffer> Buffers, long ArenaBytes, long LowerBound,
    long OuterBytes)
{
    /// <summary>What the buffers would take if none shared memory with another, in bytes.</summary>
    public long TotalBytes => Buffers.Sum(buffer => buffer.Bytes);

    /// <returns>For each piece of work the bytes that are in use while it runs.</returns>
    public long[] LiveBytes()
    {
        long[] live = new long[Work.Count + 1];
        foreach (PlannedBuffer buffer in Buffers)
        {
            live[buffer.FirstUse] += buffer.Bytes;
            live[buffer.LastUse + 1] -= buffer.Bytes;
        }

        for (int work = 1; work < live.Length; work++) live[work] += live[work - 1];
        return live[..Work.Count];
    }

    /// <returns>The buffers that are in use at the moment of most bytes, the largest first.</returns>
    public IReadOnlyList<PlannedBuffer> AtThePeak()
    {
        long[] live = LiveBytes();
        int peak = live.Length == 0 ? 0 : Array.IndexOf(live, live.Max());
        return [.. Buffers.Where(buffer => buffer.FirstUse <= peak && peak <= buffer.LastUse)
            .OrderByDescending(buffer => buffer.Bytes)];
    }
}
