using GenKernels.Kernels.Normalization;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Normalization;

/// <summary>Gradients of group norm with groups that fit shared memory, and the same in several passes.</summary>
public class GroupNormGradientSliceBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases
    {
        get
        {
            KernelCase inSlices = GroupNormGradientBenchmarks.OfBatch with
            {
                Type = ElementType.BFloat16,
                Bytes = 3 * GroupNormBenchmarks.BatchShape.ElementCount * ElementType.BFloat16.Size(),
            };
            return [inSlices, inSlices with { Name = $"{inSlices.Name}, in passes", Launch = InPasses }];
        }
    }

    private static Tensor InPasses(Tensor[] inputs)
    {
        Tensor[] gradients = Array.ConvertAll(inputs[..3], like => Tensor.Empty(like.Shape, like.Type, like.Device));
        GroupNormGradient.InPasses(
            inputs[0], inputs[3], inputs[4], inputs[1], inputs[2], gradients[0], gradients[1], gradients[2],
            silu: true);
        gradients[1].Dispose();
        gradients[2].Dispose();
        return gradients[0];
    }
}
