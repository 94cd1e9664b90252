using GenKernels.Train.LongVideo;

namespace GenKernels.Cli.Training;

/// <summary>Whether a folder can take a run, told before anything is opened or made.</summary>
internal static class RunPlace
{
    private const string LogName = "log.jsonl";

    /// <exception cref="CommandException">There is a run in the folder.</exception>
    internal static void RequireNoRun(string folder)
    {
        if (File.Exists(folder)) throw new CommandException($"{folder} is a file; --out needs a folder");
        if (!Directory.Exists(folder)) return;
        if (LowResolutionCheckpoint.Newest(folder) is not null)
        {
            throw new CommandException($"{folder} holds a run; go on with it by --resume, or choose another --out");
        }

        FileInfo log = new(Path.Combine(folder, LogName));
        if (!log.Exists || log.Length == 0) return;  // nothing, or a run that ended before it had something to keep
        throw new CommandException(
            $"{folder} holds the log of a run without a checkpoint; remove it, or choose another --out");
    }

    /// <returns>Of a run that breaks off: what is left of it, and how to go on.</returns>
    internal static string DescribeBrokenOff(LowResolutionRun run)
    {
        string? newest = LowResolutionCheckpoint.Newest(run.Folder);
        return newest is null
            ? $"broke off after step {run.Step}, before the first checkpoint"
            : $"broke off after step {run.Step}; --resume goes on from {newest}";
    }

    /// <returns>Where the run in a folder stands.</returns>
    /// <exception cref="CommandException">There is none, or what is there is damaged.</exception>
    internal static LowResolutionCheckpoint RequireRun(string folder)
    {
        string? newest = Directory.Exists(folder) ? LowResolutionCheckpoint.Newest(folder) : null;
        if (newest is null) throw new CommandException($"{folder} holds no checkpoint that --resume could go on from");
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
