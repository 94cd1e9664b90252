namespace GenKernels.Kernels.Random;

/// <summary>Launches <c>Philox.cu</c>: random numbers from a counter in the device's memory.</summary>
/// <remarks>
/// A draw of n numbers takes ceil(n / 4) counters, and the next draw begins at the counter after them. So a draw in two
/// parts gives the numbers of one draw where the first part is a multiple of four long, and not otherwise.
/// Bits, integers and uniform numbers are the same on every device; normal ones differ in their last bits.
/// </remarks>
public static class Philox
{
    private const int WordsPerCounter = 4;
    private static readonly KernelSource s_source = Source("Random/Philox.cu");

    /// <summary>Fills a tensor with the generator's words: all 32-bit patterns are equally likely.</summary>
    /// <param name="state">
    /// Key and the counter's lower and upper 64 bits, <c>[3]</c>, Int64; advanced past what was drawn.
    /// </param>
    /// <param name="y">Any shape, Int32; overwritten.</param>
    /// <exception cref="ArgumentException">
    /// A type, a device or the shape of <paramref name="state"/> is another.
    /// </exception>
    public static void Bits(Tensor state, Tensor y)
    {
        RequireState(state, y);
        Require.That(y.Type == ElementType.Int32, $"y must be Int32, got {y}");

        if (y.ElementCount == 0) return;
        Kernel kernel = y.Device.Load(s_source, ElementType.Float32).Kernel("PhiloxBits");
        kernel.Launch(Elements(state, y), state, y, y.ElementCount);
        Advance(state, y.ElementCount);
    }

    /// <summary>
    /// Fills a tensor with integers that are equally likely, but for less than range / 2^32 of their chance.
    /// </summary>
    /// <param name="state">As for <see cref="Bits"/>.</param>
    /// <param name="y">Any shape, Int32; overwritten.</param>
    /// <param name="low">The smallest.</param>
    /// <param name="high">The largest, itself included.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="high"/> is below <paramref name="low"/>, or as for <see cref="Bits"/>.
    /// </exception>
    public static void Integers(Tensor state, Tensor y, int low, int high)
    {
        RequireState(state, y);
        Require.That(y.Type == ElementType.Int32, $"y must be Int32, got {y}");
        Require.That(low <= high, $"high must not be below low, got {low} to {high}");

        if (y.ElementCount == 0) return;
        Kernel kernel = y.Device.Load(s_source, ElementType.Float32).Kernel("PhiloxIntegers");
        kernel.Launch(Elements(state, y), state, y, y.ElementCount, low, (long)high - low + 1);
        Advance(state, y.ElementCount);
    }

    /// <summary>
    /// Fills a tensor with numbers spread evenly over [0, 1), in steps of 2^-24 (Float16 2^-11, BFloat16 2^-8).
    /// </summary>
    /// <param name="state">As for <see cref="Bits"/>.</param>
    /// <param name="y">Any shape, floats; overwritten.</param>
    /// <exception cref="ArgumentException">
    /// A type, a device or the shape of <paramref name="state"/> is another.
    /// </exception>
    public static void Uniform(Tensor state, Tensor y) => Floats("PhiloxUniform", state, y);

    /// <summary>Fills a tensor with normal numbers of mean 0 and variance 1.</summary>
    /// <inheritdoc cref="Uniform"/>
    public static void Normal(Tensor state, Tensor y) => Floats("PhiloxNormal", state, y);

    private static void Floats(string kernelName, Tensor state, Tensor y)
    {
        RequireState(state, y);
        Require.Float(y);

        if (y.ElementCount == 0) return;
        Kernel kernel = y.Device.Load(s_source, y.Type).Kernel(kernelName);
        kernel.Launch(Elements(state, y), state, y, y.ElementCount);
        Advance(state, y.ElementCount);
    }

    /// <summary>
    /// A kernel of its own, because no block of the draw knows when the others have read the counter.
    /// </summary>
    private static void Advance(Tensor state, long elementCount)
    {
        Kernel kernel = state.Device.Load(s_source, ElementType.Float32).Kernel("PhiloxAdvance");
        LaunchShape shape = LaunchShape.Blocks(state.Device, 1) with { Cost = LaunchCost.Of(state, state) };
        kernel.Launch(shape, state, Quotient.Up(elementCount, WordsPerCounter));
    }

    private static LaunchShape Elements(Tensor state, Tensor y) =>
        LaunchShape.Elements(y.Device, y.ElementCount) with { Cost = LaunchCost.Of(state, y) };

    private static void RequireState(Tensor state, Tensor y)
    {
        Require.Shape(state, [3]);
        Require.Kind(state, ElementType.Int64, y.Device);
    }
}
