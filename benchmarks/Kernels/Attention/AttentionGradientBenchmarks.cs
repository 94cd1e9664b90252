using GenKernels.Kernels.Attention;
using GenKernels.Runtime;
using Attentions = GenKernels.Kernels.Attention.Attention;

namespace GenKernels.Benchmarks.Kernels.Attention;

/// <summary>Attention and its gradients, as in training: the gradients need results of the forward pass.</summary>
public class AttentionGradientBenchmarks : KernelBenchmarks
{
    // Matrix products of the logits' size: two forward, five backward. Warps compute two of the five twice, once for
    // the gradient of the queries and once for that of keys and values.
    private const int OnOneThread = 7;
    private const int OnWarps = 9;

    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases => AttentionLayer.All.Select(Both);

    /// <returns>The case of a layer.</returns>
    internal static KernelCase Both(AttentionLayer layer) =>
        new($"{layer.Name} and gradients", [layer.QueryShape, layer.KeyShape, layer.KeyShape, layer.QueryShape],
            layer.QueryShape, Launch, layer.QueryGradient)
        {
            Operations = layer.Operations(BenchmarkDevice.Device.WarpSize == 1 ? OnOneThread : OnWarps),
        };

    private static Tensor Launch(Tensor[] x)
    {
        AttentionOptions options = AttentionOptions.For(x[0].Shape[3]);
        (Tensor y, Tensor rows) = Attentions.Forward(x[0], x[1], x[2], options);
        using (y)
        using (rows)
        {
            (Tensor dq, Tensor dk, Tensor dv) = AttentionGradient.Forward(x[0], x[1], x[2], y, rows, x[3], options);
            dk.Dispose();
            dv.Dispose();
            return dq;
        }
    }
}
