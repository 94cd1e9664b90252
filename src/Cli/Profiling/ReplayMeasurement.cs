using System.Diagnostics;
using GenKernels.Runtime;

namespace GenKernels.Cli.Profiling;

/// <summary>What a replay of a part of a recorded step takes.</summary>
/// <param name="Name">Name of the part.</param>
/// <param name="Launches">Kernels that a replay launches.</param>
/// <param name="Seconds">Wall time of a replay, the mean of all.</param>
/// <param name="KernelSeconds">Of that the time in kernels; null on a GPU, which does not tell.</param>
internal sealed record ReplayMeasurement(string Name, int Launches, double Seconds, double? KernelSeconds)
{
    /// <summary>The share of the time that is not spent in kernels.</summary>
    public double? ShareOutside => 1 - (KernelSeconds / Seconds);

    /// <param name="name">Name of the part.</param>
    /// <param name="step">The part; a replay repeats its work on the same inputs.</param>
    /// <param name="request">Number of replays.</param>
    /// <param name="stop">Cancels between two replays.</param>
    /// <exception cref="OperationCanceledException">The measurement was cancelled.</exception>
    internal static ReplayMeasurement Take(
        string name, RecordedStep step, ProfileRequest request, CancellationToken stop)
    {
        Replay(step, request.WarmUp, stop);
        TimeSpan? before = step.Device.KernelTime;
        long begun = Stopwatch.GetTimestamp();
        Replay(step, request.Steps, stop);
        double seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        TimeSpan? inKernels = step.Device.KernelTime - before;
        return new ReplayMeasurement(
            name, step.LaunchCount, seconds / request.Steps, inKernels?.TotalSeconds / request.Steps);
    }

    /// <returns>All parts together.</returns>
    internal static ReplayMeasurement Sum(IReadOnlyCollection<ReplayMeasurement> parts) => new(
        "sum", parts.Sum(part => part.Launches), parts.Sum(part => part.Seconds),
        parts.Aggregate((double?)0, (sum, part) => sum + part.KernelSeconds));

    private static void Replay(RecordedStep step, int times, CancellationToken stop)
    {
        for (int time = 0; time < times; time++)
        {
            stop.ThrowIfCancellationRequested();
            step.Replay();
        }

        step.Device.Synchronize();
    }
}
