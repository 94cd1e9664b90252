using System.Reflection;
using GenKernels.Kernels;
using GenKernels.Runtime;

namespace GenKernels.Cli.Profiling;

/// <summary>The kernels' source files and the types and variants that they can be compiled for.</summary>
internal static class KernelFiles
{
    /// <summary>The sources in all static fields of the kernels' assembly, sorted by path.</summary>
    internal static IReadOnlyList<KernelSource> All { get; } =
    [
        .. typeof(CeilingMeasurement).Assembly.GetTypes()
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(field => field.FieldType == typeof(KernelSource))
            .Select(field => (KernelSource)field.GetValue(null)!)
            .OrderBy(source => source.Path, StringComparer.Ordinal),
    ];

    /// <param name="name">Name of a kernel, or of a file without folder and extension; case is ignored.</param>
    /// <param name="variant">Part of a variant that the kernel should have, or null.</param>
    /// <exception cref="CommandException">There is no kernel of that name.</exception>
    internal static KernelSource Find(string name, string? variant = null)
    {
        KernelSource[] named = [.. All.Where(source => source.KernelNames.Any(kernel => IsSame(kernel, name)))];
        if (named.Length == 0)
        {
            named = [.. All.Where(source => IsSame(Path.GetFileNameWithoutExtension(source.Path), name))];
        }

        if (named.Length > 0) return named.FirstOrDefault(source => Variant(source, variant) is not null) ?? named[0];
        string[] near =
        [
            .. All.SelectMany(file => file.KernelNames)
                .Where(kernel => kernel.Contains(name, StringComparison.OrdinalIgnoreCase)),
        ];
        string hint = near.Length > 0 ? $"; similar: {string.Join(", ", near)}" : "; 'gk profile kernel' lists all";
        throw new CommandException($"unknown kernel '{name}'{hint}");
    }

    /// <returns>The variant that equals a text, or else the first that contains it; null for none.</returns>
    internal static string? Variant(KernelSource source, string? part)
    {
        if (part is null) return source.Variants[0];
        string wanted = part.Replace(' ', ';');
        return source.Admits(wanted) ? wanted
            : source.Variants.FirstOrDefault(variant => variant.Contains(wanted, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsSame(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);
}
