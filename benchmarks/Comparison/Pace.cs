namespace GenKernels.Benchmarks.Comparison;

/// <summary>How long and how often the two sides take turns.</summary>
/// <param name="Turn">Length of a turn of short calls.</param>
/// <param name="Rest">Pause before a turn.</param>
/// <param name="Rounds">Number of turns of each side.</param>
/// <param name="RoundsOfNetworks">The same, for whole networks.</param>
internal sealed record Pace(TimeSpan Turn, TimeSpan Rest, int Rounds, int RoundsOfNetworks)
{
    // The rest lets the threads of the other side go to sleep, which spin for a moment after their work.
    private static readonly Pace s_onProcessor =
        new(TimeSpan.FromSeconds(0.25), TimeSpan.FromMilliseconds(100), Rounds: 7, RoundsOfNetworks: 3);

    // On a GPU no threads compete, clocks are steady and events exact.
    private static readonly Pace s_onGpu =
        new(TimeSpan.FromSeconds(0.05), TimeSpan.FromMilliseconds(5), Rounds: 5, RoundsOfNetworks: 3);

    /// <summary>The pace for the measured device.</summary>
    internal static Pace Current => BenchmarkDevice.IsGpu ? s_onGpu : s_onProcessor;
}
