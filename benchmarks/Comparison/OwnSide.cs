namespace GenKernels.Benchmarks.Comparison;

/// <summary>Our side of a piece of work, ready to be timed.</summary>
internal sealed class OwnSide : IDisposable
{
    private readonly IBenchmark _benchmark;
    private readonly Turn _turn;
    private readonly Turn? _extra;
    private readonly double _share;

    internal OwnSide(ComparedWork work)
    {
        _benchmark = work.Make();
        _benchmark.Prepare();
        _turn = new Turn(_benchmark.Launch);
        if (work.Extra is not { } extra) return;
        _extra = new Turn(() => extra.Launch(_benchmark));
        _share = extra.Share;
    }

    internal long AllocatedBytes => _turn.AllocatedBytes;

    public void Dispose() => _benchmark.Dispose();

    /// <returns>Seconds, with the share of further work.</returns>
    internal double Take() => _turn.Take() + (_share * (_extra?.Take() ?? 0));
}
