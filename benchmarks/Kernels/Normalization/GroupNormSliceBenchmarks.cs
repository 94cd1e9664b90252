using GenKernels.Kernels.Normalization;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Normalization;

/// <summary>Group norm in one launch with groups that fit shared memory, and the same in several passes.</summary>
public class GroupNormSliceBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
        GroupNormBenchmarks.Shapes.Append(GroupNormBenchmarks.BatchShape).SelectMany(BothWays);

    private static IEnumerable<KernelCase> BothWays(Shape shape)
    {
        KernelCase inSlices = GroupNormBenchmarks.Forward(shape, ElementType.BFloat16);
        return [inSlices, inSlices with { Name = $"{inSlices.Name}, in passes", Launch = InPasses }];
    }

    private static Tensor InPasses(Tensor[] inputs)
    {
        Tensor x = inputs[0], y = Tensor.Empty(x.Shape, x.Type, x.Device);
        using Tensor statistics =
            Tensor.Empty([x.Shape[0], GroupNormBenchmarks.Groups, 2], x.Type.SumType(), x.Device);
        GroupNorm.InPasses(
            x, GroupNormBenchmarks.Groups, inputs[1], inputs[2], y, statistics, GroupNormBenchmarks.Epsilon,
            silu: true);
        return y;
    }
}
