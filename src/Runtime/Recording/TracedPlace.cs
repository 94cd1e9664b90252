namespace GenKernels.Runtime;

/// <summary>
/// A place in a buffer of a recorded step, or where there is no buffer an address that never changes.
/// </summary>
/// <param name="Buffer">The buffer, or null.</param>
/// <param name="Offset">Bytes from its begin, or the address.</param>
internal readonly record struct TracedPlace(TracedBuffer? Buffer, long Offset)
{
    /// <summary>Where it lies now.</summary>
    internal nint Address =>
        Buffer is null ? (nint)Offset : Buffer.Home.Address + (nint)(Buffer.HomeOffset + Offset);

    /// <returns>A tensor at this place, which does not hold the memory.</returns>
    internal Tensor View(Tensor like) => Tensor.Over(
        like.Shape, like.Type, like.Device, Buffer!.Home, Buffer.HomeOffset + Offset);
}
