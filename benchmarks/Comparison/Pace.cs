namespace GenKernels.Benchmarks.Comparison;

/// <summary>How long and how often sides take their turns.</summary>
/// <param name="Turn">Of short calls.</param>
/// <param name="Rest">Before a turn.</param>
/// <param name="Rounds">Turns of each side.</param>
/// <param name="RoundsOfNetworks">The same for whole networks.</param>
internal sealed record Pace(TimeSpan Turn, TimeSpan Rest, int Rounds, int RoundsOfNetworks)
{
    // Threads of both sides spin for a moment after their work before they sleep.
    private static readonly Pace s_onProcessor =
        new(TimeSpan.FromSeconds(0.25), TimeSpan.FromMilliseconds(100), Rounds: 7, RoundsOfNetworks: 3);

    // No thread is in the way of a GPU, its clocks are steady and its events exact.
    private static readonly Pace s_onGpu =
        new(TimeSpan.FromSeconds(0.05), TimeSpan.FromMilliseconds(5), Rounds: 5, RoundsOfNetworks: 3);

    /// <summary>That of the device which is measured.</summary>
    internal static Pace Current => BenchmarkDevice.IsGpu ? s_onGpu : s_onProcessor;
}
