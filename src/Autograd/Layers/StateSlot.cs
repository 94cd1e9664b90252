namespace GenKernels.Autograd;

/// <summary>A tensor, or part of one, that a state dict is written from and loaded into.</summary>
/// <param name="Name">The name in the state dict.</param>
/// <param name="Type">The element type.</param>
/// <param name="Layout">How the state dict stores the elements.</param>
/// <param name="Read">Returns the elements in the order of ours (see <see cref="StateLayout"/>).</param>
/// <param name="Write">Sets the elements, in the order of ours.</param>
internal sealed record StateSlot(
    string Name, ElementType Type, StateLayout Layout, Func<byte[]> Read, Action<byte[]> Write)
{
    internal static StateSlot Of(string name, Tensor tensor, StateLayout layout) => new(
        name, tensor.Type, layout,
        () =>
        {
            byte[] bytes = new byte[tensor.Bytes];
            tensor.Device.CopyToHost(tensor.Address, bytes);
            return bytes;
        },
        bytes => tensor.Device.CopyFromHost(bytes, tensor.Address));

    internal StateEntry ToEntry() => new(Name, Type, Layout.Original, () => Layout.ToOriginal(Read(), Type));
}
