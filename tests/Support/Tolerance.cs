namespace GenKernels.Tests.Support;

/// <summary>The common table of tolerances, for values near 1.</summary>
public static class Tolerance
{
    /// <returns>The allowed error of a value: some units in the last place of the type, for sums in another
    /// order.</returns>
    public static double For(ElementType type) => type switch
    {
        ElementType.Float64 => 1e-12,
        ElementType.Float32 => 2e-6,
        ElementType.Float16 => 2e-3,
        ElementType.BFloat16 => 1.6e-2,
        _ => 0,
    };
}
