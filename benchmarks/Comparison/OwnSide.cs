namespace GenKernels.Benchmarks.Comparison;

/// <summary>Our side of a piece of work, ready to be timed.</summary>
internal sealed class OwnSide : IDisposable
{
    private readonly IBenchmark _benchmark;
    private readonly Turn _launches;
    private readonly Turn? _extra;
    private readonly double _share;
    private RecordedCalls? _recorded;
    private Turn _turn;

    internal OwnSide(ComparedWork work)
    {
        _benchmark = work.Make();
        try
        {
            _benchmark.Prepare();
            _turn = _launches = new Turn(_benchmark.Launch);
            if (work.Extra is { } extra)
            {
                _extra = new Turn(() => extra.Launch(_benchmark));
                _share = extra.Share;
            }

            if (BenchmarkDevice.IsGpu && work.IsRecordable) Record(work.Name);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Whether many calls are timed as one recording.</summary>
    internal bool IsRecorded => _recorded is not null;

    internal long AllocatedBytes => _turn.AllocatedBytes;

    /// <summary>Times single launches from now on, like the peer.</summary>
    internal void LaunchOneByOne()
    {
        _turn = _launches;
        _recorded?.Dispose();
        _recorded = null;
    }

    public void Dispose()
    {
        _recorded?.Dispose();
        _benchmark.Dispose();
    }

    /// <returns>Seconds of the work, plus the share of the additional work.</returns>
    internal double Take() => _turn.Take() + (_share * (_extra?.Take() ?? 0));

    /// <summary>Records as many whole rounds of the inputs as a sample takes; falls back to launches if recording
    /// fails.</summary>
    private void Record(string name)
    {
        int rounds = (int)Math.Max(1, Math.Round(Turn.SampleSeconds / (_launches.Seconds * _benchmark.Sets)));
        try
        {
            RecordedCalls recorded = new(_benchmark, rounds * _benchmark.Sets);
            _recorded = recorded;
            _turn = new Turn(recorded.Replay, recorded.Count);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Console.Error.WriteLine($"{name}: not recorded: {exception.Message}");
            LaunchOneByOne();
        }
    }
}
