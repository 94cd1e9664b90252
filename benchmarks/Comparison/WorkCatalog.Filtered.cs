using GenKernels.Benchmarks.Kernels.Filtering;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Comparison;

/// <content>The leaky ReLU between two filters.</content>
internal static partial class WorkCatalog
{
    private const double TimesTheSteps = 2;

    private static IEnumerable<ComparedWork> Filtered(ElementType type)
    {
        foreach (FilteredLayer layer in (FilteredLayer[])[.. FilteredLayer.OfThesis, .. FilteredLayer.Radial])
        {
            string name = $"filtered leaky relu {layer.Name}";
            yield return Compared(name, FilteredLeakyReluBenchmarks.Forward(layer));
            yield return Compared($"{name} and gradients", FilteredLeakyReluBenchmarks.Training(layer));
        }

        ComparedWork Compared(string name, KernelCase kernel) =>
            Operations<FilteredLeakyReluBenchmarks>(name, kernel, type) with
            {
                Bytes = Typed(kernel, type).Bytes,
                Target = TimesTheSteps,
            };
    }
}
