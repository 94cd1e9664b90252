namespace GenKernels.Runtime;

/// <summary>The measured roofline of a device, which times of kernels are compared with.</summary>
/// <param name="BytesPerSecond">Bandwidth of a large copy, with reads and writes counted.</param>
/// <param name="OperationsPerSecond">
/// Throughput of a large matrix product of each type; a missing type is unknown.
/// </param>
public sealed record DeviceCeiling(
    double BytesPerSecond, IReadOnlyDictionary<ElementType, double> OperationsPerSecond)
{
    /// <returns>The roofline bound in seconds: the larger of the times of its bytes and of its operations.</returns>
    /// <param name="cost">The least work.</param>
    /// <param name="type">The element type it computes in; null, for copies, counts as 32-bit floats.</param>
    public double LeastSeconds(LaunchCost cost, ElementType? type)
    {
        double memory = cost.Bytes / BytesPerSecond;
        bool isKnown = OperationsPerSecond.TryGetValue(type ?? ElementType.Float32, out double rate);
        return isKnown ? Math.Max(memory, cost.Operations / rate) : memory;
    }
}
