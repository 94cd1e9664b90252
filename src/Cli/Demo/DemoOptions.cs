namespace GenKernels.Cli.Demo;

/// <summary>What a demonstration is asked for.</summary>
/// <param name="Out">The folder to write in.</param>
/// <param name="Clip">The video to learn from; null for the one that comes with the repository.</param>
/// <param name="Duration">Of the training.</param>
/// <param name="Steps">Ends the training earlier; null for as many as the time allows.</param>
/// <param name="Device">The name of the device.</param>
/// <param name="Seed">Of weights, draws and the video.</param>
internal sealed record DemoOptions(string Out, string? Clip, TimeSpan Duration, int? Steps, string Device, long Seed);
