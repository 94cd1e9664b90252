using GenKernels.Benchmarks.Kernels.Vision;
using GenKernels.Kernels.Vision;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Comparison;

/// <content>The family <c>Vision</c>.</content>
internal static partial class WorkCatalog
{
    private static IEnumerable<ComparedWork> Vision()
    {
        foreach ((string name, Shape shape, InterpolateOptions to) in InterpolateBenchmarks.Enlargements)
        {
            yield return Bytes<InterpolateBenchmarks>($"resize {name}", InterpolateBenchmarks.Resize(shape, to));
            yield return Bytes<InterpolateBenchmarks>(
                $"resize gradient {name}", InterpolateBenchmarks.Adjoint(shape, to));
        }
    }
}
