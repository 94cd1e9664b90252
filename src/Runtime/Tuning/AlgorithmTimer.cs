using System.Diagnostics;

namespace GenKernels.Runtime;

/// <summary>
/// Measures several algorithms for the same work, interleaved in rounds, so that whatever slows the machine down
/// meanwhile slows all of them. On a GPU the repetitions of a turn are one graph, as in a recorded step, which excludes
/// launch gaps.
/// </summary>
internal static class AlgorithmTimer
{
    private const int Rounds = 5;
    private const int FewestRounds = 3;
    private const int MostRepetitions = 50;
    private const int Glances = 4;

    // The length of a turn: long compared with the cost of an event, and on a CPU with interruptions by the system.
    private const double TurnSeconds = 2e-3;
    private const double TurnSecondsOnCpu = 10e-3;

    // The error allowed for a glance, as a factor and for launch gaps: an algorithm slower than that gets no turns.
    private const double Doubt = 1.5;
    private const double DoubtSeconds = 20e-6;

    // After the fewest rounds, no further one starts when they have taken this long.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    /// <param name="device">What the algorithms run on.</param>
    /// <param name="algorithms">Actions that each do the work once.</param>
    /// <returns>For each algorithm its time, whether only a glance was taken, and why it dropped out.</returns>
    internal static (double Seconds, bool IsGlance, Exception? Fault)[] Measure(
        Device device, IEnumerable<Action> algorithms)
    {
        using DeviceEvent begin = device.RecordEvent();
        using DeviceEvent end = device.RecordEvent();
        TimedAlgorithm[] all = [.. algorithms.Select(algorithm => new TimedAlgorithm(device, algorithm))];
        try
        {
            double turn = device.Kind == DeviceKind.Cuda ? TurnSeconds : TurnSecondsOnCpu;
            foreach (TimedAlgorithm algorithm in all) algorithm.Glance(Glances, turn, begin, end);
            double best = all.Min(algorithm => algorithm.Seconds);
            TimedAlgorithm[] fast = [.. all.Where(algorithm => algorithm.Seconds <= (best * Doubt) + DoubtSeconds)];
            int repetitions = (int)Math.Clamp(turn / best, 1, MostRepetitions);
            long begun = Stopwatch.GetTimestamp();
            for (int round = 0; round < Rounds && fast.Length > 1; round++)
            {
                if (round >= FewestRounds && Stopwatch.GetElapsedTime(begun) > s_patience) break;
                foreach (TimedAlgorithm algorithm in fast) algorithm.TakeTurn(repetitions, begin, end);
            }

            return [.. all.Select(algorithm => (algorithm.Seconds, algorithm.IsGlance, algorithm.Fault))];
        }
        finally
        {
            foreach (TimedAlgorithm algorithm in all) algorithm.Dispose();
        }
    }
}
