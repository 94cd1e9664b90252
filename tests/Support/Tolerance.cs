namespace GenKernels.Tests.Support;

/// <summary>
/// The common table of tolerances, for values near 1: some units in the last place of a type, for sums in another
/// order.
/// </summary>
public static class Tolerance
{
    /// <summary>The allowed error of doubles.</summary>
    public const double Float64 = 1e-12;

    /// <summary>The allowed error of floats.</summary>
    public const double Float32 = 2e-6;

    /// <returns>The allowed error of a value of a type; 0 for integers.</returns>
    public static double For(ElementType type) => type switch
    {
        ElementType.Float64 => Float64,
        ElementType.Float32 => Float32,
        ElementType.Float16 => 2e-3,
        ElementType.BFloat16 => 1.6e-2,
        _ => 0,
    };
}
