using System.CommandLine;

namespace GenKernels.Cli;

/// <summary>All commands in the order in which the help lists them. A new command is a file and a line here.</summary>
internal static class CommandTree
{
    internal static Command Create() =>
        new("gk", "GenKernels: generative models on hand-written CUDA kernels, on a GPU or the CPU.")
        {
            DoctorCommand.Create(),
            DemoCommand.Create(),
            Group(
                "dataset", "Create and inspect data sets.",
                DatasetFromVideosCommand.Create(), DatasetInspectCommand.Create()),
            Group("train", "Train networks.", TrainLongVideoLowresCommand.Create()),
            Group("generate", "Generate videos with trained networks.", GenerateVideoCommand.Create()),
            Group("checkpoint", "Inspect checkpoints.", CheckpointInspectCommand.Create()),
            VerifyCommand.Create(),
            Group(
                "profile", "Show where the time goes, kernel by kernel.",
                Group("train", "Profile training steps.", ProfileTrainLongVideoLowresCommand.Create()),
                Group("generate", "Profile generation.", ProfileGenerateVideoCommand.Create()),
                ProfileKernelCommand.Create()),
            Group(
                "tune", "Find the fastest kernel implementations for a device.",
                TuneLongVideoLowresCommand.Create(), TuneListCommand.Create()),
        };

    /// <summary>A word that only stands before other commands.</summary>
    private static Command Group(string name, string description, params Command[] commands)
    {
        Command group = new(name, description);
        foreach (Command command in commands) group.Add(command);
        return group;
    }
}
