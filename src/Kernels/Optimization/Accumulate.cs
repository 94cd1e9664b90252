using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Optimization;

/// <summary>Launches <c>Accumulate.cu</c>: adds a tensor to another in place.</summary>
public static class Accumulate
{
    private static readonly KernelSource s_source = Source("Optimization/Accumulate.cu");

    /// <param name="x">Any shape, floats.</param>
    /// <param name="y">Like <paramref name="x"/>, in memory that does not overlap it; becomes y + x.</param>
    /// <exception cref="ArgumentException">The two differ in shape, type or device, or are not floats.</exception>
    public static void Into(Tensor x, Tensor y)
    {
        Require.Float(x);
        Require.Same(x, y);

        if (x.ElementCount == 0) return;
        Kernel kernel = x.Device.Load(s_source, x.Type).Kernel("Accumulate");
        LaunchCost cost = LaunchCost.Of(x, y, y);
        LaunchShape shape = LaunchShape.Elements(x.Device, x.ElementCount) with { Cost = cost };
        kernel.Launch(shape, x, y, x.ElementCount, PackWidths.PackedFlag(x, y));
    }
}
