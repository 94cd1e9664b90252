namespace GenKernels.Runtime;

/// <summary>What a device reaches at best, measured: what the times of kernels are held against.</summary>
/// <param name="BytesPerSecond">Of a large copy, read and written.</param>
/// <param name="OperationsPerSecond">Of a large matrix product of each type; a type that is missing is unknown.</param>
public sealed record DeviceCeiling(
    double BytesPerSecond, IReadOnlyDictionary<ElementType, double> OperationsPerSecond)
{
    /// <returns>The least seconds that work can take: those of its bytes or those of its operations.</returns>
    /// <param name="cost">What it must do at least.</param>
    /// <param name="type">What it computes in; null for copies.</param>
    public double LeastSeconds(LaunchCost cost, ElementType? type)
    {
        double memory = cost.Bytes / BytesPerSecond;
        bool isKnown = OperationsPerSecond.TryGetValue(type ?? ElementType.Float32, out double rate);
        return isKnown ? Math.Max(memory, cost.Operations / rate) : memory;
    }
}
