namespace GenKernels.Runtime;

/// <summary>
/// Lays out buffers in an arena: two may share memory when the last use of one comes before the first use of the other.
/// </summary>
/// <remarks>
/// Finding the smallest arena is NP-hard (dynamic storage allocation). Buffers are placed one by one, each into the
/// smallest gap that holds it among the buffers live at the same time; several orders are tried, and the smallest arena
/// wins. Source: Pisarchyk and Lee 2020, Efficient Memory Management for Deep Neural Net Inference (greedy by size).
/// </remarks>
internal static class MemoryPlanner
{
    // In bytes: enough for a GPU's widest coalesced accesses, and more than a CPU needs.
    private const long Alignment = 256;

    /// <summary>Sets the offsets of the temporary buffers.</summary>
    internal static MemoryPlan Plan(IReadOnlyList<RecordedWork> work, IReadOnlyList<TracedBuffer> buffers)
    {
        TracedBuffer[] used =
            [.. buffers.Where(buffer => buffer.IsTemporary && buffer.FirstUse >= 0).OrderBy(buffer => buffer.FirstUse)];
        long bound = MostLive(used, work.Count);
        long[] best = [];
        long bestBytes = long.MaxValue;
        foreach (Func<TracedBuffer, long> rank in Orders())
        {
            (long bytes, long[] offsets) = Place(used, rank);
            if (bytes < bestBytes) (bestBytes, best) = (bytes, offsets);
            if (bestBytes == bound) break;
        }

        for (int index = 0; index < used.Length; index++) used[index].Offset = best[index];
        return new MemoryPlan(
            [.. work.Select(entry => entry.Name)],
            [.. used.Select(buffer => new PlannedBuffer(
                buffer.Label, buffer.MadeBy, Size(buffer), buffer.Offset, buffer.FirstUse, buffer.LastUse))],
            bestBytes, bound, buffers.Where(buffer => !buffer.IsTemporary).Sum(buffer => buffer.Bytes));
    }

    /// <summary>
    /// Largest first; largest product of bytes and lifetime first; longest-lived first; by first use.
    /// </summary>
    private static IEnumerable<Func<TracedBuffer, long>> Orders() =>
    [
        buffer => -Size(buffer),
        buffer => -Size(buffer) * Duration(buffer),
        buffer => -Duration(buffer),
        buffer => buffer.FirstUse,
    ];

    private static (long Bytes, long[] Offsets) Place(TracedBuffer[] buffers, Func<TracedBuffer, long> rank)
    {
        int[] order = [.. Enumerable.Range(0, buffers.Length).OrderBy(index => rank(buffers[index]))];
        long[] offsets = new long[buffers.Length];
        List<(long Offset, long End, int First, int Last)> placed = new(buffers.Length);  // by ascending offset
        long arena = 0;
        foreach (int index in order)
        {
            TracedBuffer buffer = buffers[index];
            long size = Size(buffer);
            long offset = SmallestGap(placed, buffer, size);
            offsets[index] = offset;
            arena = Math.Max(arena, offset + size);
            int at = placed.FindIndex(other => other.Offset > offset);
            placed.Insert(
                at < 0 ? placed.Count : at, (offset, offset + size, buffer.FirstUse, buffer.LastUse));
        }

        return (arena, offsets);
    }

    private static long SmallestGap(
        List<(long Offset, long End, int First, int Last)> placed, TracedBuffer buffer, long size)
    {
        long end = 0, found = -1, smallest = long.MaxValue;
        foreach ((long offset, long otherEnd, int first, int last) in placed)
        {
            if (first > buffer.LastUse || last < buffer.FirstUse) continue;
            long gap = offset - end;
            if (gap >= size && gap < smallest) (found, smallest) = (end, gap);
            end = Math.Max(end, otherEnd);
        }

        return found >= 0 ? found : end;
    }

    private static long MostLive(TracedBuffer[] buffers, int workCount)
    {
        long[] change = new long[workCount + 1];
        foreach (TracedBuffer buffer in buffers)
        {
            change[buffer.FirstUse] += Size(buffer);
            change[buffer.LastUse + 1] -= Size(buffer);
        }

        long live = 0, most = 0;
        foreach (long bytes in change) most = Math.Max(most, live += bytes);
        return most;
    }

    /// <summary>In the arena; an empty buffer has an address too.</summary>
    private static long Size(TracedBuffer buffer) => Quotient.Up(Math.Max(1, buffer.Bytes), Alignment) * Alignment;

    private static int Duration(TracedBuffer buffer) => buffer.LastUse - buffer.FirstUse + 1;
}
