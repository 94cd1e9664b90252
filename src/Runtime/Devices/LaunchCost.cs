namespace GenKernels.Runtime;

/// <summary>What a launch must do at least, by its launcher's own formula: the bound that its time is held against.
/// </summary>
/// <param name="Bytes">Read and written once each, in bytes.</param>
/// <param name="Operations">Multiplications and additions, each counted as one; 0 where they are few.</param>
public readonly record struct LaunchCost(long Bytes, long Operations = 0)
{
    /// <returns>The cost of reading or writing each of the tensors once; those that are null cost nothing.</returns>
    public static LaunchCost Of(params ReadOnlySpan<Tensor?> tensors)
    {
        long bytes = 0;
        foreach (Tensor? tensor in tensors) bytes += tensor?.Bytes ?? 0;
        return new LaunchCost(bytes);
    }
}
