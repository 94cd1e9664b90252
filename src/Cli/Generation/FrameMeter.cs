using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace GenKernels.Cli.Generation;

/// <summary>Shows how many frames are done: a bar on a terminal, a line every few seconds elsewhere.</summary>
internal sealed class FrameMeter
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(10);

    private readonly Action<long> _show;
    private readonly long _started = Stopwatch.GetTimestamp();

    private FrameMeter(Action<long> show) => _show = show;

    /// <summary>Runs work that generates frames.</summary>
    /// <param name="console">Where to show it.</param>
    /// <param name="frameCount">Total number of frames.</param>
    /// <param name="make">The work; reports its progress to the meter.</param>
    internal static void Run(IAnsiConsole console, long frameCount, Action<FrameMeter> make)
    {
        if (!console.Profile.Capabilities.Interactive)
        {
            make(Lines(console, frameCount));
            return;
        }

        Progress bars = console.Progress().AutoClear(true).Columns(
            new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn());
        bars.Start(context =>
        {
            ProgressTask bar = context.AddTask("frames", maxValue: frameCount);
            make(new FrameMeter(done => bar.Value = done));
        });
    }

    /// <param name="done">Frames done so far.</param>
    internal void Tell(long done) => _show(done);

    private static FrameMeter Lines(IAnsiConsole console, long frameCount)
    {
        TimeSpan next = s_pause;
        FrameMeter meter = null!;
        meter = new FrameMeter(done =>
        {
            TimeSpan elapsed = Stopwatch.GetElapsedTime(meter._started);
            if (elapsed < next) return;
            next = elapsed + s_pause;
            string rate = (done / elapsed.TotalSeconds).ToString("0.0", CultureInfo.InvariantCulture);
            console.WriteLine($"frame {done} of {frameCount} | {rate} frames/s");
        });
        return meter;
    }
}
