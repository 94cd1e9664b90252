namespace GenKernels.Runtime;

/// <summary>All work of one kind in a step.</summary>
/// <param name="Name">The kernel's, or in brackets what else takes time.</param>
/// <param name="Variant">Element type and defines, where they are told apart.</param>
/// <param name="Shapes">Of the tensors among the arguments, where they are told apart.</param>
/// <param name="Calls">In a step.</param>
/// <param name="Seconds">Of all calls of a step.</param>
/// <param name="LeastCallSeconds">Of the fastest call.</param>
/// <param name="Bytes">That must move at least, in all calls of a step.</param>
/// <param name="Operations">Multiplications and additions of all calls of a step.</param>
/// <param name="ShareOfStep">Of the step's time, 0 to 1.</param>
/// <param name="ShareOfCeiling">
/// The time that the device's best would take over the time taken; above 1 where caches serve, or where a way of
/// computing needs fewer operations than the formula has (Winograd's). Null where it says nothing.
/// </param>
/// <param name="Footprint">What the first call takes of a GPU; null elsewhere.</param>
public sealed record ProfileRow(
    string Name, string Variant, string Shapes, double Calls, double Seconds, double LeastCallSeconds, double Bytes,
    double Operations, double ShareOfStep, double? ShareOfCeiling, KernelFootprint? Footprint)
{
    /// <summary>Of a call.</summary>
    public double MeanCallSeconds => Calls > 0 ? Seconds / Calls : 0;

    /// <summary>Bytes that must move over the time; null without any.</summary>
    public double? GigabytesPerSecond => Rate(Bytes);

    /// <summary>Operations over the time; null without any.</summary>
    public double? GigaflopsPerSecond => Rate(Operations);

    private double? Rate(double amount) => amount > 0 && Seconds > 0 ? amount / Seconds / 1e9 : null;
}
