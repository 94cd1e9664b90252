using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Elementwise;

/// <summary>Launches <c>Binary.cu</c>: two tensors, element by element, with broadcasting.</summary>
public static class Binary
{
    private static readonly string[] s_variants = [.. Enum.GetNames<BinaryKind>().Select(name => $"Operation={name}")];
    private static readonly KernelSource s_source = Source("Elementwise/Binary.cu", s_variants);

    /// <param name="kind">What is computed.</param>
    /// <param name="a">
    /// Any shape that broadcasts against <paramref name="b"/>: aligned at the last axis, sizes are equal or 1.
    /// </param>
    /// <param name="b">Of the type and device of <paramref name="a"/>.</param>
    /// <returns>A new tensor of the broadcast shape; the caller or its scope disposes it.</returns>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor Forward(BinaryKind kind, Tensor a, Tensor b)
    {
        Require.SameKind(a, b);
        Require.Float(a);

        BroadcastPlan plan = BroadcastPlan.For(a.Shape, b.Shape, out Shape shape);
        Tensor y = Tensor.Empty(shape, a.Type, a.Device);
        if (y.ElementCount == 0) return y;
        int packLength = PackWidths.For(plan.RowLength, y, plan.IsRowOfA ? a : null, plan.IsRowOfB ? b : null);
        RowTiling tiling = new(y.ElementCount / plan.RowLength, plan.RowLength, packLength);
        Kernel kernel = a.Device.Load(s_source, a.Type, s_variants[(int)kind]).Kernel("Binary");
        LaunchShape blocks = tiling.Shape(a.Device) with { Cost = LaunchCost.Of(a, b, y) };
        kernel.Launch(blocks, a, b, y, KernelArgument.Structure(ref tiling), KernelArgument.Structure(ref plan));
        return y;
    }
}
