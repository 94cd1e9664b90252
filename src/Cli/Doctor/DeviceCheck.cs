using System.Diagnostics;
using GenKernels.Kernels.Normalization;
using GenKernels.Runtime;

namespace GenKernels.Cli.Doctor;

/// <summary>
/// A device, and whether it computes: one small kernel is compiled without the cache, run and compared with its
/// formula.
/// </summary>
/// <param name="Name">Name as given to <c>--device</c>.</param>
/// <param name="Description">Description of the device; null if it cannot be opened.</param>
/// <param name="Gpu">Properties from the driver; null for a CPU.</param>
/// <param name="Passed">Whether the kernel's result was right.</param>
/// <param name="CompileSeconds">Time of compiling the kernel and running it once.</param>
/// <param name="RunMilliseconds">Time of a second run, from launch to completion.</param>
/// <param name="Reason">Why the check failed; null if it passed.</param>
internal sealed record DeviceCheck(
    string Name,
    string? Description,
    CudaGpu? Gpu,
    bool Passed,
    double CompileSeconds,
    double RunMilliseconds,
    string? Reason)
{
    private const int RowCount = 3, ChannelCount = 37;
    private const float Epsilon = 1e-8f;
    private const double Tolerance = 1e-5;

    /// <param name="stop">Cancels the checks between two devices.</param>
    internal static IReadOnlyList<DeviceCheck> RunAll(CancellationToken stop)
    {
        List<DeviceCheck> checks = [];
        IReadOnlyList<CudaGpu> gpus = CudaDevice.Enumerate(out string? reason);
        foreach (string name in (string[])["host", "simt", .. gpus.Select(gpu => $"cuda:{gpu.Ordinal}")])
        {
            stop.ThrowIfCancellationRequested();
            checks.Add(Run(name, gpus.FirstOrDefault(gpu => name == $"cuda:{gpu.Ordinal}")));
        }

        if (gpus.Count == 0) checks.Add(Absent("cuda", null, null, reason ?? "no GPU found"));
        return checks;
    }

    private static DeviceCheck Run(string name, CudaGpu? gpu)
    {
        string? description = null;
        DirectoryInfo folder = Directory.CreateTempSubdirectory("genkernels-doctor-");
        try
        {
            using Device device = DeviceFactory.Open(name, new KernelCache(folder.FullName));
            description = device.Description;
            Stopwatch compiling = Stopwatch.StartNew();
            double error = RunKernel(device);
            double compileSeconds = compiling.Elapsed.TotalSeconds;
            Stopwatch running = Stopwatch.StartNew();
            error = Math.Max(error, RunKernel(device));
            string? reason = error <= Tolerance ? null : $"PixelNorm is off by {error:G2}";
            return new DeviceCheck(
                name, description, gpu, reason is null, compileSeconds, running.Elapsed.TotalMilliseconds, reason);
        }
        catch (Exception failure) when (failure is InvalidOperationException or IOException or DllNotFoundException)
        {
            return Absent(name, description, gpu, Failure.Describe(failure, trace: false)["gk: ".Length..]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static DeviceCheck Absent(string name, string? description, CudaGpu? gpu, string reason) =>
        new(name, description, gpu, Passed: false, 0, 0, reason);

    /// <returns>The largest difference from y = x / √(mean x² + ε).</returns>
    private static double RunKernel(Device device)
    {
        float[] values = [.. Enumerable.Range(0, RowCount * ChannelCount).Select(index => MathF.Sin(index + 1))];
        using Tensor x = Tensor.From(values, [RowCount, ChannelCount], device);
        using Tensor y = PixelNorm.Forward(x, Epsilon);
        float[] actual = y.ToArray<float>();
        double worst = 0;
        for (int row = 0; row < RowCount; row++)
        {
            ReadOnlySpan<float> given = values.AsSpan(row * ChannelCount, ChannelCount);
            double squareSum = 0;
            foreach (float value in given) squareSum += value * value;
            double scale = 1 / Math.Sqrt((squareSum / ChannelCount) + Epsilon);
            for (int channel = 0; channel < ChannelCount; channel++)
            {
                double expected = given[channel] * scale;
                worst = Math.Max(worst, Math.Abs(actual[(row * ChannelCount) + channel] - expected));  // propagates NaN
            }
        }

        return worst;
    }
}
