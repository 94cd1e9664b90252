using GenKernels.Kernels.Random;

namespace GenKernels.Models.StyleGan;

/// <summary>Creates the parameters and buffers of a network on one device, from one random stream.</summary>
/// <param name="device">Device of the parameters and buffers.</param>
/// <param name="seed">The same seed gives the same network on every device.</param>
public sealed class Initializer(Device device, ulong seed) : IDisposable
{
    private readonly RandomGenerator _generator = new(device, seed);

    /// <summary>Device of the parameters and buffers.</summary>
    public Device Device => device;

    /// <returns>A parameter of normally distributed values; its module disposes it.</returns>
    /// <param name="shape">Shape in memory.</param>
    /// <param name="deviation">Standard deviation.</param>
    /// <param name="layout">How a state dict holds it.</param>
    public Parameter Normal(Shape shape, float deviation = 1, StateLayout? layout = null) =>
        Parameter.Normal(shape, deviation, _generator, layout);

    /// <returns>The weights of a convolution, <c>[O, kT, kH, kW, I]</c>; a state dict holds them as
    /// <c>[O, I, kT, kH, kW]</c>. Their module disposes them.</returns>
    public Parameter Convolution(int outputs, int inputs, Triple taps) => Normal(
        [outputs, taps.T, taps.H, taps.W, inputs], 1,
        StateLayout.ChannelsLast([outputs, inputs, taps.T, taps.H, taps.W]));

    /// <returns>A parameter filled with one value; its module disposes it.</returns>
    public Parameter Full(Shape shape, float value) => Parameter.Full(shape, value, device);

    /// <returns>A buffer; its module disposes it.</returns>
    public StateBuffer Buffer(ReadOnlySpan<float> values, Shape shape, StateLayout? layout = null) =>
        new(Tensor.From(values, shape, device), layout);

    /// <returns>The buffer of a filter designed in double precision.</returns>
    public StateBuffer Filter(double[] taps) => Buffer(Array.ConvertAll(taps, tap => (float)tap), [taps.Length]);

    /// <inheritdoc/>
    public void Dispose() => _generator.Dispose();
}
