using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Optimization;

/// <summary>Launches <c>Lerp.cu</c>: moves a tensor towards another by linear interpolation.</summary>
public static class Lerp
{
    private static readonly KernelSource s_source = Source("Optimization/Lerp.cu");

    /// <param name="x">Any shape, floats.</param>
    /// <param name="y">
    /// Like <paramref name="x"/>, in memory that does not overlap it; becomes y + weight (x - y).
    /// </param>
    /// <param name="weight">
    /// 0 leaves y, 1 makes it x; <c>[1]</c>, Float32, read when the kernel runs, not at the call.
    /// </param>
    /// <exception cref="ArgumentException">Shapes, types or devices do not fit.</exception>
    public static void Into(Tensor x, Tensor y, Tensor weight)
    {
        Require.Float(x);
        Require.Same(x, y);
        Require.Shape(weight, [1]);
        Require.Kind(weight, ElementType.Float32, x.Device);

        if (x.ElementCount == 0) return;
        Kernel kernel = x.Device.Load(s_source, x.Type).Kernel("Lerp");
        LaunchCost cost = LaunchCost.Of(x, y, y, weight);
        LaunchShape shape = LaunchShape.Elements(x.Device, x.ElementCount) with { Cost = cost };
        kernel.Launch(shape, x, y, weight, x.ElementCount, PackWidths.PackedFlag(x, y));
    }
}
