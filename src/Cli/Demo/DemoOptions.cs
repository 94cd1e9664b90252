namespace GenKernels.Cli.Demo;

/// <summary>Settings of a demonstration.</summary>
/// <param name="Out">The output folder.</param>
/// <param name="Clip">The video to learn from; null for the one that comes with the repository.</param>
/// <param name="Duration">Length of the training.</param>
/// <param name="Steps">Ends the training earlier; null for as many steps as the time allows.</param>
/// <param name="Device">The name of the device.</param>
/// <param name="Seed">Seed of weights, draws and the generated video.</param>
internal sealed record DemoOptions(string Out, string? Clip, TimeSpan Duration, int? Steps, string Device, long Seed);
