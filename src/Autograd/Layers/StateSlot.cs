namespace GenKernels.Autograd;

/// <summary>A place that a state dict is written from and read into.</summary>
/// <param name="Name">In the state dict.</param>
/// <param name="Type">Of the elements.</param>
/// <param name="Layout">How the state dict holds them.</param>
/// <param name="Read">Gives the elements in our order.</param>
/// <param name="Write">Takes the elements in our order.</param>
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
