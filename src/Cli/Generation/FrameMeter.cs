using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace GenKernels.Cli.Generation;

/// <summary>Shows how many frames are done: a bar on a terminal, a line every few seconds elsewhere.</summary>
internal sealed class FrameMeter
{
    private readonly Action<long> _show;

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

        Bars(console).Start(context =>
        {
            ProgressTask bar = context.AddTask("frames", maxValue: frameCount);
            make(new FrameMeter(done => bar.Value = done));
        });
    }

    /// <summary>Runs work that encodes the frames.</summary>
    /// <param name="console">Where to show it.</param>
    /// <param name="encode">The work; reports percentages.</param>
    internal static void Encode(IAnsiConsole console, Action<IProgress<int>> encode)
    {
        if (!console.Profile.Capabilities.Interactive)
        {
            LinePace pace = new();
            encode(new Reporter<int>(percent =>
            {
                if (pace.IsDue()) console.WriteLine($"encoding: {percent} %");
            }));
            return;
        }

        Bars(console).Start(context =>
        {
            ProgressTask bar = context.AddTask("encoding");
            encode(new Reporter<int>(percent => bar.Value = percent));
        });
    }

    private static Progress Bars(IAnsiConsole console) => console.Progress().AutoClear(true).Columns(
        new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn());

    /// <param name="done">Frames done so far.</param>
    internal void Tell(long done) => _show(done);

    private static FrameMeter Lines(IAnsiConsole console, long frameCount)
    {
        LinePace pace = new();
        long started = Stopwatch.GetTimestamp();
        return new FrameMeter(done =>
        {
            if (!pace.IsDue()) return;
            double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            string rate = (done / seconds).ToString("0.0", CultureInfo.InvariantCulture);
            console.WriteLine($"frame {done} of {frameCount} | {rate} frames/s");
        });
    }
}
