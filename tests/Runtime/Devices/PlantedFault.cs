namespace GenKernels.Tests.Runtime.Devices;

/// <summary>Runs the faulty kernels of <c>Fault.cu</c>, and finds the lines of their faults.</summary>
internal static class PlantedFault
{
    internal static KernelSource Source { get; } =
        new("Probes/Fault.cu", typeof(PlantedFault).Assembly, [ElementType.Float32]);

    /// <param name="name">Name of the kernel.</param>
    /// <param name="block">Threads per block, and elements of x, which are 1, 2, ...</param>
    /// <param name="grid">Number of blocks.</param>
    /// <param name="device">Device that it runs on.</param>
    /// <returns>y, one number per thread.</returns>
    internal static float[] Run(string name, int block, int grid, SimtDevice device)
    {
        float[] values = [.. Enumerable.Range(0, block).Select(index => index + 1f)];
        using Tensor x = Tensor.From(values, [block], device);
        using Tensor y = Tensor.Empty([grid, block], ElementType.Float32, device);
        LaunchShape shape = new(grid, 1, 1, block, SharedBytes: block * sizeof(float));
        device.Load(Source, ElementType.Float32).Kernel(name).Launch(shape, x, y);
        return y.ToArray<float>();
    }

    /// <returns>The number of the first line that contains a text, after the first line that contains a mark.</returns>
    internal static int LineOf(string mark, string text)
    {
        using Stream stream = typeof(PlantedFault).Assembly.GetManifestResourceStream(Source.Path)!;
        string[] lines = new StreamReader(stream).ReadToEnd().Split('\n');
        int marked = Array.FindIndex(lines, line => line.Contains(mark, StringComparison.Ordinal));
        return 1 + Array.FindIndex(lines, marked + 1, line => line.Contains(text, StringComparison.Ordinal));
    }
}
