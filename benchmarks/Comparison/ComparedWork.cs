namespace GenKernels.Benchmarks.Comparison;

/// <summary>Work that both sides do.</summary>
/// <param name="Name">As the peer's scripts know it.</param>
/// <param name="Make">Makes our side of it.</param>
/// <param name="Rounds">Turns of each side.</param>
internal sealed record ComparedWork(string Name, Func<IBenchmark> Make, int Rounds)
{
    /// <summary>Bytes that must move at least; 0 where that says nothing.</summary>
    internal long Bytes { get; init; }

    /// <summary>Operations, where they are the bound; 0 where memory is, and for whole networks.</summary>
    internal long Operations { get; init; }

    /// <summary>The share of the copy bandwidth, or how many times the peer's speed, to reach; 0 for none.</summary>
    internal double Target { get; init; }

    /// <summary>Further work of the same benchmark, and how much of it belongs to one time of the first.</summary>
    internal (Action<IBenchmark> Launch, double Share)? Extra { get; init; }

    /// <summary>Whether a GPU takes many calls of it as one recording, on both sides where both can.</summary>
    internal bool IsRecordable { get; init; }

    internal bool IsBoundByMemory => Bytes > 0 && Operations == 0;
}
