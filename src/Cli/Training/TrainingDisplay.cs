using System.Diagnostics;
using System.Globalization;
using GenKernels.Train.LongVideo;
using Spectre.Console;

namespace GenKernels.Cli.Training;

/// <summary>Trains, and shows the progress: a live line on a terminal, a line every few seconds elsewhere.</summary>
/// <param name="console">Where to show it.</param>
/// <param name="framesPerStep">Real frames per step.</param>
/// <param name="isTimed">Whether the run ends by time, which makes the total number of steps meaningless.</param>
internal sealed class TrainingDisplay(IAnsiConsole console, int framesPerStep, bool isTimed)
{
    private const int StepsOfRate = 32;

    private static readonly TimeSpan s_linePause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_livePause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_compilingPause = TimeSpan.FromSeconds(1);

    private readonly Queue<long> _times = [];
    private long _shown;

    /// <param name="run">The run to train.</param>
    /// <param name="stop">Ends the run after the current step.</param>
    internal void Train(LowResolutionRun run, CancellationToken stop)
    {
        if (!console.Profile.Capabilities.Interactive)
        {
            Train(run, s_linePause, console.WriteLine, stop);
            return;
        }

        console.Live(new Text("")).AutoClear(true).Start(
            live => Train(run, s_livePause, line => live.UpdateTarget(new Text(line)), stop));
    }

    /// <returns>The line shown for a step.</returns>
    /// <param name="progress">Progress reported by the run.</param>
    /// <param name="secondsPerStep">Mean over the last steps; null after the first one, which may have waited for
    /// kernels to compile.</param>
    internal string Line(LowResolutionProgress progress, double? secondsPerStep)
    {
        string steps = isTimed ? $"step {progress.Step}" : $"step {progress.Step} of {progress.Steps}";
        string generator = Value(progress, "generator/loss");
        string real = Value(progress, "discriminator/real_loss"), fake = Value(progress, "discriminator/fake_loss");
        string line = $"{steps} | generator {generator} | discriminator {real} on real, {fake} on generated";
        if (secondsPerStep is not { } seconds) return line;
        TimeSpan left = isTimed ? progress.Remaining : TimeSpan.FromSeconds(seconds * (progress.Steps - progress.Step));
        string rate = (framesPerStep / seconds).ToString("0.0", CultureInfo.InvariantCulture);
        return $"{line} | {rate} frames/s | {Clock(left)} left";
    }

    /// <returns>Minutes and seconds, preceded by hours from one hour on.</returns>
    internal static string Clock(TimeSpan time) =>
        time.TotalHours >= 1 ? $"{(int)time.TotalHours}:{time:mm\\:ss}" : $"{time:m\\:ss}";

    private static string Value(LowResolutionProgress progress, string name) => progress.Values.ContainsKey(name)
        ? progress.Values[name].ToString("0.000", CultureInfo.InvariantCulture)
        : "-";

    /// <summary>Until the first step is done, shows the compilation of its kernels.</summary>
    private void Train(LowResolutionRun run, TimeSpan pause, Action<string> show, CancellationToken stop)
    {
        TimeSpan tick = pause < s_compilingPause ? s_compilingPause : pause;
        using CompilationWatch compiling = new(run.Gan.Device.Cache, show, tick);
        run.Run(
            new Reporter<LowResolutionProgress>(progress =>
            {
                compiling.Dispose();
                Tell(progress, pause, show);
            }),
            stop);
    }

    private void Tell(LowResolutionProgress progress, TimeSpan pause, Action<string> show)
    {
        long now = Stopwatch.GetTimestamp();
        _times.Enqueue(now);
        if (_times.Count > StepsOfRate) _times.Dequeue();
        if (_shown != 0 && Stopwatch.GetElapsedTime(_shown, now) < pause) return;
        _shown = now;
        double seconds = Stopwatch.GetElapsedTime(_times.Peek(), now).TotalSeconds;
        show(Line(progress, _times.Count > 1 ? seconds / (_times.Count - 1) : null));
    }
}
