namespace GenKernels.Runtime;

/// <summary>
/// The layout of a recorded step's arena, from liveness analysis: every temporary buffer has a place in it from its
/// first use to its last.
/// </summary>
/// <param name="Work">The step's work in order: names of kernels, library calls, copies, clears and fills.</param>
/// <param name="Buffers">The temporary buffers, in the order of their first use.</param>
/// <param name="ArenaBytes">The size of the arena.</param>
/// <param name="LowerBound">The peak of live bytes: no arena can be smaller.</param>
/// <param name="OuterBytes">
/// Bytes of the buffers that the step uses outside the arena: parameters, inputs, results.
/// </param>
public sealed record MemoryPlan(
    IReadOnlyList<string> Work, IReadOnlyList<PlannedBuffer> Buffers, long ArenaBytes, long LowerBound,
    long OuterBytes)
{
    /// <summary>The bytes that the buffers would take if none shared memory with another.</summary>
    public long TotalBytes => Buffers.Sum(buffer => buffer.Bytes);

    /// <returns>The bytes that are live at each piece of work.</returns>
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

    /// <returns>The buffers that are live at the peak, the largest first.</returns>
    public IReadOnlyList<PlannedBuffer> AtThePeak()
    {
        long[] live = LiveBytes();
        int peak = live.Length == 0 ? 0 : Array.IndexOf(live, live.Max());
        return [.. Buffers.Where(buffer => buffer.FirstUse <= peak && peak <= buffer.LastUse)
            .OrderByDescending(buffer => buffer.Bytes)];
    }
}
