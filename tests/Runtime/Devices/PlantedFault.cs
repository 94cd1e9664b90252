namespace GenKernels.Tests.Runtime.Devices;

/// <summary>Runs the kernels of <c>Fault.cu</c>, and knows their lines.</summary>
internal static class PlantedFault
{
    internal static KernelSource Source { get; } =
        new("Probes/Fault.cu", typeof(PlantedFault).Assembly, [ElementType.Float32]);

    /// <param name="name">Of the kernel.</param>
    /// <param name="block">Threads of a block; they get the numbers 1, 2, ... for their x.</param>
    /// <param name="grid">Blocks.</param>
    /// <param name="device">Where it runs.</param>
    /// <returns>y, one number a thread.</returns>
    internal static float[] Run(string name, int block, int grid, SimtDevice device)
    {
        float[] values = [.. Enumerable.Range(0, block).Select(index => index + 1f)];
        using Tensor x = Tensor.From(values, [block], device);
        using Tensor y = Tensor.Empty([grid, block], ElementType.Float32, device);
        LaunchShape shape = new(grid, 1, 1, block, SharedBytes: block * sizeof(float));
        device.Load(Source, ElementType.Float32).Kernel(name).Launch(shape, x, y);
        return y.ToArray<float>();
    }

    /// <returns>The number of the first line with a text after the first line with a mark.</returns>
    internal static int LineOf(string mark, string text)
    {
        using Stream stream = typeof(PlantedFault).Assembly.GetManifestResourceStream(Source.Path)!;
        string[] lines = new StreamReader(stream).ReadToEnd().Split('\n');
        int marked = Array.FindIndex(lines, line => line.Contains(mark, StringComparison.Ordinal));
        return 1 + Array.FindIndex(lines, marked + 1, line => line.Contains(text, StringComparison.Ordinal));
    }
}
