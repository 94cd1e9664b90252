using GenKernels.Benchmarks.Kernels.Elementwise;
using GenKernels.Benchmarks.Kernels.Normalization;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Comparison;

/// <content>Norms, softmax and gated linear units of Stable Diffusion.</content>
internal static partial class WorkCatalog
{
    private static readonly string[] s_groupNorms = ["2x64x64 320", "2x32x32 640", "1x64x64 512"];

    private static IEnumerable<ComparedWork> Norms(ElementType type)
    {
        KernelCase[] forward = [.. new GroupNormBenchmarks().Cases];
        KernelCase[] backward = [.. new GroupNormGradientBenchmarks().Cases];
        foreach ((int index, string name) in s_groupNorms.Index())
        {
            yield return Bytes<GroupNormBenchmarks>($"group norm and silu {name} forward", forward[index], type);
            yield return Bytes<GroupNormGradientBenchmarks>(
                $"group norm and silu {name} forward and backward", backward[index], type);
        }

        KernelCase[] layers = [.. new LayerNormBenchmarks().Cases];
        yield return Bytes<LayerNormBenchmarks>("layer norm 2x1024 640 forward", layers[0], type);
        yield return Bytes<LayerNormBenchmarks>("layer norm 2x1024 640 forward and backward", layers[1], type);
        yield return Bytes<SoftmaxBenchmarks>("softmax 8192 1024", new SoftmaxBenchmarks().Cases.First(), type);
        yield return Bytes<SoftmaxBenchmarks>("softmax 8192 1024 gradient", new SoftmaxBenchmarks().Cases.Last(), type);
        yield return Bytes<GegluBenchmarks>("geglu 2048 2560 forward", new GegluBenchmarks().Cases.First(), type);
    }

    /// <summary>A training batch, which exceeds the cache of any GPU.</summary>
    private static IEnumerable<ComparedWork> NormsOfBatches(ElementType type)
    {
        const string GroupNorm = "group norm and silu 16x64x64 320", LayerNorm = "layer norm 16x4096 320";
        yield return Bytes<GroupNormBenchmarks>($"{GroupNorm} forward", GroupNormBenchmarks.OfBatch, type);
        yield return Bytes<GroupNormGradientBenchmarks>(
            $"{GroupNorm} gradients", GroupNormGradientBenchmarks.OfBatch, type);
        yield return Bytes<LayerNormBenchmarks>($"{LayerNorm} forward", LayerNormBenchmarks.OfBatch, type);
        yield return Bytes<LayerNormBenchmarks>($"{LayerNorm} gradients", LayerNormBenchmarks.GradientsOfBatch, type);
        yield return Bytes<SoftmaxBenchmarks>("softmax 65536 1024", SoftmaxBenchmarks.OfBatch, type);
        yield return Bytes<SoftmaxBenchmarks>("softmax 65536 1024 gradient", SoftmaxBenchmarks.GradientOfBatch, type);
    }
}
