using GenKernels.Benchmarks.Kernels.Attention;
using GenKernels.Benchmarks.Kernels.MatrixProduct;
using GenKernels.Kernels.Elementwise;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Comparison;

/// <content>Work in 16-bit floats on tensor cores, on a GPU only.</content>
internal static partial class WorkCatalog
{
    // Rows, outputs and depth (K).
    private static readonly (int Rows, int Outputs, int Depth)[] s_products =
        [(1024, 1280, 1280), (4096, 320, 1280), (4096, 1280, 1280), (8192, 8192, 8192)];

    // The modulated convolutions that the peer also compiles, which takes seconds each.
    private static readonly int[] s_compiledLayers = [2, 4];

    private static IEnumerable<ComparedWork> OnTensorCores() =>
    [
        .. Products(),
        .. Attentions(ElementType.BFloat16, [.. AttentionLayer.Finest, .. AttentionLayer.All]),
        .. Convolutions(ElementType.BFloat16),
        .. ModulatedConvolutions(ElementType.BFloat16),
        .. from layer in s_compiledLayers
           from withGradients in s_passes
           select ModulatedConvolution(layer, withGradients, ElementType.BFloat16, ", compiled"),
        .. Norms(ElementType.BFloat16),
        .. NormsOfBatches(ElementType.BFloat16),
        .. Activations(ElementType.BFloat16),
        .. Filtered(ElementType.Float16),
        .. Networks(Precision.Bf16),
    ];

    private static IEnumerable<ComparedWork> Products() =>
        from layer in s_products
        let kernel = MatMulTensorBenchmarks.Layer(
            ElementType.BFloat16, layer.Rows, layer.Outputs, layer.Depth, Activation.Linear)
        select Operations<MatMulTensorBenchmarks>(
            $"linear {layer.Rows}x{layer.Outputs} {layer.Depth}", kernel, ElementType.BFloat16);

    /// <returns>The case in another type, with its bytes scaled accordingly.</returns>
    private static KernelCase Typed(KernelCase kernel, ElementType type) => kernel.Type == type
        ? kernel
        : kernel with { Type = type, Bytes = kernel.Bytes * type.Size() / kernel.Type.Size() };

    private static string Suffix(ElementType type) => type switch
    {
        ElementType.BFloat16 => " bf16",
        ElementType.Float16 => " fp16",
        _ => "",
    };
}
