namespace GenKernels.Runtime;

/// <summary>All work of one group in a profiled step.</summary>
/// <param name="Name">The kernel's name, the library and what it does, or in brackets what else takes time.</param>
/// <param name="Variant">Element type and defines, where the grouping separates them; else empty.</param>
/// <param name="Shapes">Shapes of the tensor arguments, where the grouping separates them; else empty.</param>
/// <param name="Calls">Calls per step.</param>
/// <param name="Seconds">Time of all calls per step.</param>
/// <param name="LeastCallSeconds">Time of the fastest call.</param>
/// <param name="Bytes">Least memory traffic of all calls per step.</param>
/// <param name="Operations">Multiplications and additions of all calls per step.</param>
/// <param name="ShareOfStep">Share of the step's time, 0 to 1.</param>
/// <param name="ShareOfCeiling">
/// The roofline bound over the time taken; above 1 where data comes from caches, or where an algorithm needs fewer
/// operations than the formula counts (Winograd's). Null for copies to and from the host, and without a bound.
/// </param>
/// <param name="Footprint">The resources of the first call on a GPU; null elsewhere.</param>
public sealed record ProfileRow(
    string Name, string Variant, string Shapes, double Calls, double Seconds, double LeastCallSeconds, double Bytes,
    double Operations, double ShareOfStep, double? ShareOfCeiling, KernelFootprint? Footprint)
{
    /// <summary>The mean time of a call in seconds.</summary>
    public double MeanCallSeconds => Calls > 0 ? Seconds / Calls : 0;

    /// <summary>Least memory traffic over the time; null without any.</summary>
    public double? GigabytesPerSecond => Rate(Bytes);

    /// <summary>Operations over the time; null without any.</summary>
    public double? GigaflopsPerSecond => Rate(Operations);

    private double? Rate(double amount) => amount > 0 && Seconds > 0 ? amount / Seconds / 1e9 : null;
}
