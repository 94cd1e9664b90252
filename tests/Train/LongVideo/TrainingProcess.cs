using System.Diagnostics;
using GenKernels.Train.LongVideo;

namespace GenKernels.Tests.Train.LongVideo;

/// <summary>The training command, in separate processes one after the other in one folder.</summary>
/// <param name="data">The folder of the data set.</param>
/// <param name="run">The folder of the run.</param>
internal sealed class TrainingProcess(string data, string run)
{
    // On a busy machine kernels take minutes to compile.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(15);

    /// <summary>The newest checkpoint, or null.</summary>
    public string? Newest => Directory.Exists(run) ? LowResolutionCheckpoint.Newest(run) : null;

    /// <summary>Steps of the newest checkpoint.</summary>
    public long Step => Newest is { } newest ? LowResolutionCheckpoint.Read(newest).Step : 0;

    /// <summary>Whether a checkpoint is being written.</summary>
    public bool IsSaving => Directory.Exists(run) && Directory.EnumerateDirectories(run, "*.partial").Any();

    /// <summary>Starts a run, or resumes where the last process was.</summary>
    /// <param name="steps">Total number of steps.</param>
    /// <returns>The process; the caller disposes it.</returns>
    public Process Start(long steps)
    {
        string[] start = Newest is null ? ["--preset", "tiny", "--batch", "1"] : ["--resume"];
        string[] arguments =
        [
            "train", "long-video-lowres", "--data", data, "--out", run, "--device", TestDevices.Usual.Name,
            "--checkpoint-every", "1", "--log-every", "1", "--steps", $"{steps}", .. start,
        ];
        ProcessStartInfo information = OwnProgram.Start("GenKernels.Cli", arguments);
        information.RedirectStandardOutput = true;
        information.RedirectStandardError = true;
        return Process.Start(information)!;
    }

    /// <summary>Runs a process to its end.</summary>
    public void Finish(long steps)
    {
        using Process process = Start(steps);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, errors.Result);
    }

    /// <summary>Waits for a change that the process makes to its folder.</summary>
    public static void WaitFor(Func<bool> condition, Process process)
    {
        long begun = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.That(process.HasExited, Is.False, () => process.StandardError.ReadToEnd());
            Assert.That(Stopwatch.GetElapsedTime(begun), Is.LessThan(s_patience));
            Thread.Sleep(1);
        }
    }
}
