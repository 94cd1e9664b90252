namespace GenKernels.Runtime;

/// <summary>A place in a buffer of a recorded step, or a fixed address that belongs to no known buffer.</summary>
/// <param name="Buffer">The buffer, or null.</param>
/// <param name="Offset">The offset in the buffer in bytes, or the address.</param>
internal readonly record struct TracedPlace(TracedBuffer? Buffer, long Offset)
{
    /// <summary>Its current address.</summary>
    internal nint Address =>
        Buffer is null ? (nint)Offset : Buffer.Home.Address + (nint)(Buffer.HomeOffset + Offset);

    /// <returns>
    /// A tensor at this place, with the shape and type of <paramref name="like"/>, that borrows the memory.
    /// </returns>
    internal Tensor View(Tensor like) => Tensor.Over(
        like.Shape, like.Type, like.Device, Buffer!.Home, Buffer.HomeOffset + Offset);
}
