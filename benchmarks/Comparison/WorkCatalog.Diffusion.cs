using GenKernels.Benchmarks.Kernels.Diffusion;
using GenKernels.Benchmarks.Kernels.Optimization;

namespace GenKernels.Benchmarks.Comparison;

/// <content>Diffusion steps, and the overflow check of gradients.</content>
internal static partial class WorkCatalog
{
    private static IEnumerable<ComparedWork> Diffusion() =>
    [
        Bytes<ForwardDiffusionBenchmarks>("forward diffusion", new ForwardDiffusionBenchmarks().Cases.Last()),
        Bytes<GuidanceBenchmarks>("guidance", new GuidanceBenchmarks().Cases.Last()),
        Bytes<EulerAncestralStepBenchmarks>("euler ancestral step", new EulerAncestralStepBenchmarks().Cases.Last()),
        Bytes<DdimStepBenchmarks>("ddim step", new DdimStepBenchmarks().Cases.Last()),
        Bytes<LossScaleBenchmarks>("overflow check", new LossScaleBenchmarks().Cases.Last()),
    ];
}
