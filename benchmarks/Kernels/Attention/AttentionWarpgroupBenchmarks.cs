using GenKernels.Kernels.Attention;
using GenKernels.Runtime;
using Attentions = GenKernels.Kernels.Attention.Attention;

namespace GenKernels.Benchmarks.Kernels.Attention;

/// <summary>Attention in 16-bit floats by warpgroups (WGMMA), whatever the tuner would choose; without warpgroup
/// products, the usual kernels.</summary>
public class AttentionWarpgroupBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases => AttentionLayer.All
        .Select(layer => AttentionBenchmarks.Forward(layer) with { Type = ElementType.BFloat16 })
        .Select(layer => BenchmarkDevice.Device.HasWarpgroupProducts ? layer with { Launch = Launch } : layer);

    private static Tensor Launch(Tensor[] x)
    {
        AttentionPlan plan = new(x[0], x[1], x[2], AttentionOptions.For(x[0].Shape[3]));
        Tensor y = Tensor.Empty(x[0].Shape, x[0].Type, x[0].Device);
        using Tensor rows = Tensor.Empty(plan.RowShape, ElementType.Float32, x[0].Device);
        AttentionTiling tiling = AttentionWarpgroup.Known.For(x[0].Device, x[0].Shape[3]).First();
        Attentions.Launch(tiling, x[0], x[1], x[2], y, rows, plan);
        return y;
    }
}
