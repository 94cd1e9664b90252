using System.Globalization;
using GenKernels.Kernels;
using GenKernels.Runtime;
using Spectre.Console;

namespace GenKernels.Cli.Profiling;

/// <summary>Runs steps, measures those after the warm-up, then measures the device's ceiling.</summary>
/// <param name="Steps">The measured steps.</param>
/// <param name="Ceiling">Measured in the same process.</param>
internal sealed record StepMeasurement(IReadOnlyList<ProfiledStep> Steps, DeviceCeiling Ceiling)
{
    /// <param name="device">The device to profile.</param>
    /// <param name="request">Number of steps.</param>
    /// <param name="console">Shows the device and every step.</param>
    /// <param name="step">Runs one step.</param>
    /// <param name="stop">Cancels between two steps.</param>
    /// <exception cref="OperationCanceledException">The measurement was cancelled.</exception>
    internal static StepMeasurement Take(
        Device device, ProfileRequest request, IAnsiConsole console, Action step, CancellationToken stop)
    {
        console.WriteLine($"On {DeviceText.Of(device)}");
        using CompilationWatch compiling = new(device.Cache, console.WriteLine);
        for (int index = 1; index <= request.WarmUp; index++)
        {
            stop.ThrowIfCancellationRequested();
            console.WriteLine($"warm-up step {index} of {request.WarmUp}");
            step();
        }

        List<ProfiledStep> steps = [];
        using Profiler profiler = new(device);
        for (int index = 1; index <= request.Steps; index++)
        {
            stop.ThrowIfCancellationRequested();
            steps.Add(profiler.Measure(step));
            string seconds = steps[^1].WallTime.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);
            console.WriteLine($"step {index} of {request.Steps}: {seconds} s");
        }

        stop.ThrowIfCancellationRequested();
        device.Memory.Trim();
        IEnumerable<ElementType> types = steps.SelectMany(taken => taken.Work)
            .Where(work => work.Cost.Operations > 0).Select(work => work.Type).OfType<ElementType>();
        return new StepMeasurement(steps, CeilingMeasurement.Of(device, types));
    }
}
