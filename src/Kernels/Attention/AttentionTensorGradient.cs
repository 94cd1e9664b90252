namespace GenKernels.Kernels.Attention;

/// <summary>Launches <c>AttentionTensorGradient.cu</c>: the gradients of attention of 16-bit floats on tensor
/// cores.</summary>
internal static class AttentionTensorGradient
{
    private static readonly KernelSource s_source = Source(
        "Attention/AttentionTensorGradient.cu", AttentionTensor.Types, AttentionTensor.GradientVariants);

    /// <summary>The kernels' source.</summary>
    internal static KernelSource SourceFile => s_source;

    /// <summary><see cref="AttentionGradient.Forward"/> into existing tensors.</summary>
    /// <param name="statistics">The result of <see cref="AttentionGradientPreprocess"/>.</param>
    internal static void Launch(
        Tensor q, Tensor k, Tensor v, Tensor dy, Tensor statistics, Tensor dq, Tensor dk, Tensor dv, AttentionPlan plan)
    {
        KernelModule module = q.Device.Load(s_source, q.Type, AttentionTensor.Variant(plan.Channels));
        module.Kernel("AttentionTensorGradientQuery").Launch(
            AttentionTensor.Blocks(plan, plan.Queries, ownTiles: 2) with
            {
                Cost = plan.Cost(3, q, k, v, dy, statistics, dq),
            },
            q, k, v, dy, statistics, dq, KernelArgument.Structure(ref plan));
        module.Kernel("AttentionTensorGradientKeyValue").Launch(
            AttentionTensor.Blocks(plan, plan.Keys, ownTiles: 2) with
            {
                Cost = plan.Cost(4, q, k, v, dy, statistics, dk, dv),
            },
            q, k, v, dy, statistics, dk, dv, KernelArgument.Structure(ref plan));
    }
}
