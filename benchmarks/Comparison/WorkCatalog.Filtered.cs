using GenKernels.Benchmarks.Kernels.Filtering;

namespace GenKernels.Benchmarks.Comparison;

/// <content>The leaky rectifier between two filters.</content>
internal static partial class WorkCatalog
{
    private const double TimesTheSteps = 2;

    private static IEnumerable<ComparedWork> Filtered()
    {
        foreach (FilteredLayer layer in (FilteredLayer[])[.. FilteredLayer.OfThesis, .. FilteredLayer.Radial])
        {
            string name = $"filtered leaky relu {layer.Name}";
            yield return Compared(name, FilteredLeakyReluBenchmarks.Forward(layer));
            yield return Compared($"{name} and gradients", FilteredLeakyReluBenchmarks.Training(layer));
        }

        static ComparedWork Compared(string name, KernelCase kernel) =>
            Operations<FilteredLeakyReluBenchmarks>(name, kernel) with { Target = TimesTheSteps };
    }
}
