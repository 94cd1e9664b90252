namespace GenKernels.Runtime;

/// <summary>
/// The least work of a launch, by its launcher's formula: the roofline bound that its time is compared with.
/// </summary>
/// <param name="Bytes">Bytes read and written, each once.</param>
/// <param name="Operations">Multiplications and additions, each counted as one; 0 where they are negligible.</param>
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
