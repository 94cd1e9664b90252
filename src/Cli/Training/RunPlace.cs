using GenKernels.Train.LongVideo;

namespace GenKernels.Cli.Training;

/// <summary>Checks whether a folder can take a run, before anything is opened or created.</summary>
internal static class RunPlace
{
    private const string LogName = "log.jsonl";

    /// <exception cref="CommandException">The path is a file, or the folder holds a run.</exception>
    internal static void RequireNoRun(string folder)
    {
        if (File.Exists(folder)) throw new CommandException($"{folder} is a file; --out must be a folder");
        if (!Directory.Exists(folder)) return;
        if (LowResolutionCheckpoint.Newest(folder) is not null)
        {
            throw new CommandException(
                $"{folder} contains a run; pass --resume to continue it or choose another --out");
        }

        FileInfo log = new(Path.Combine(folder, LogName));
        if (!log.Exists || log.Length == 0) return;  // nothing, or a run that ended before its first checkpoint
        throw new CommandException(
            $"{folder} contains the log of a run without a checkpoint; remove it or choose another --out");
    }

    /// <returns>The message for a run that failed: how far it came, and how to resume it.</returns>
    internal static string DescribeBrokenOff(LowResolutionRun run) =>
        $"failed after step {run.Step}; pass --resume to continue from {LowResolutionCheckpoint.Newest(run.Folder)}";

    /// <returns>The newest checkpoint of the run in a folder.</returns>
    /// <exception cref="CommandException">The folder holds no checkpoint, or a damaged one.</exception>
    internal static LowResolutionCheckpoint RequireRun(string folder)
    {
        string? newest = Directory.Exists(folder) ? LowResolutionCheckpoint.Newest(folder) : null;
        if (newest is null) throw new CommandException($"{folder} contains no checkpoint to resume from");
        try
        {
            return LowResolutionCheckpoint.Read(newest);
        }
        catch (InvalidDataException fault)
        {
            throw new CommandException(fault.Message);
        }
    }
}
