using System.Globalization;
using GenKernels.Runtime;
using GenKernels.Train.Data;
using GenKernels.Train.LongVideo;

namespace GenKernels.Cli.Training;

/// <summary>The message shown before a run starts.</summary>
internal static class RunOpening
{
    /// <returns>One paragraph: device and precision, networks, data, batch and output folder, and whether the data set
    /// is another than before.</returns>
    internal static string Describe(
        LowResolutionRun run, VideoDataset dataset, LowResolutionTrainingOptions options, Device device)
    {
        LowResolutionGan gan = run.Gan;
        string parts = options.Accumulate > 1 ? $" in {options.Accumulate} parts" : "";
        string from = run.Step > 0 ? $"Resuming after step {run.Step} in" : "Writing to";
        string other = run.HasOtherDataset ? " The checkpoint was trained on another data set." : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Preset {gan.Preset.Name} ({gan.Preset.Description}) on {DeviceText.Of(device)}: "
            + $"generator {gan.Generator.ParameterCount:N0} parameters, "
            + $"discriminator {gan.Discriminator.ParameterCount:N0}. "
            + $"Data: {Quantity.Of(dataset.Videos.Count, "video")}, "
            + $"{dataset.TotalFrames:N0} frames of {dataset.Width} x {dataset.Height}. "
            + $"Batches of {Quantity.Of(options.BatchSize, "clip")} of {gan.Preset.Discriminator.FrameCount} frames"
            + $"{parts}. "
            + $"{from} {run.Folder}.{other}");
    }
}
