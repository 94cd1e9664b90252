namespace GenKernels.Benchmarks.Comparison;

/// <summary>Work that both sides do.</summary>
/// <param name="Name">Name in the peer's scripts.</param>
/// <param name="Make">Creates our side of the work.</param>
/// <param name="Rounds">Number of turns of each side.</param>
internal sealed record ComparedWork(string Name, Func<IBenchmark> Make, int Rounds)
{
    /// <summary>Bytes that must move at least; 0 if that is no useful bound.</summary>
    internal long Bytes { get; init; }

    /// <summary>Operations, if the work is compute-bound; 0 if it is memory-bound, and for whole networks.</summary>
    internal long Operations { get; init; }

    /// <summary>Target: share of the copy bandwidth if memory-bound, else speed relative to the peer; 0 for
    /// none.</summary>
    internal double Target { get; init; }

    /// <summary>Additional work of the same benchmark, and the share of its time added to one time of the main
    /// work.</summary>
    internal (Action<IBenchmark> Launch, double Share)? Extra { get; init; }

    /// <summary>Whether a GPU runs many calls as one recording (CUDA graph), on both sides if both can.</summary>
    internal bool IsRecordable { get; init; }

    internal bool IsBoundByMemory => Bytes > 0 && Operations == 0;
}
