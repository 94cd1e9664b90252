namespace GenKernels.Kernels.Random;

/// <summary>Launches <c>Philox.cu</c>: random numbers from a counter in the device's memory.</summary>
/// <remarks>
/// A draw of n numbers takes ceil(n / 4) counters, and the next draw begins at the counter after them. So two draws
/// give the numbers of a single one only if the length of the first is a multiple of four.
/// Bits, integers and uniform numbers are the same on every device; normal numbers may differ in their last bits.
/// </remarks>
public static class Philox
{
    private const int WordsPerCounter = 4;
    private static readonly KernelSource s_source = Source("Random/Philox.cu");

    /// <summary>Fills a tensor with the generator's words: all 32-bit patterns are equally likely.</summary>
    /// <param name="state">
    /// The key, and the lower and upper 64 bits of the counter, <c>[3]</c>, Int64; advanced past the draw.
    /// </param>
    /// <param name="y">Any shape, Int32; overwritten.</param>
    /// <exception cref="ArgumentException">
    /// A type or device does not fit, or the shape of <paramref name="state"/>.
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
    /// Fills a tensor with uniform integers; the relative error of each probability is below range / 2^32.
    /// </summary>
    /// <param name="state">As for <see cref="Bits"/>.</param>
    /// <param name="y">Any shape, Int32; overwritten.</param>
    /// <param name="low">The smallest value.</param>
    /// <param name="high">The largest value, inclusive.</param>
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
    /// Fills a tensor with uniform numbers in [0, 1), multiples of 2^-24 (Float16 2^-11, BFloat16 2^-8).
    /// </summary>
    /// <param name="state">As for <see cref="Bits"/>.</param>
    /// <param name="y">Any shape, floats; overwritten.</param>
    /// <exception cref="ArgumentException">
    /// A type or device does not fit, or the shape of <paramref name="state"/>.
    /// </exception>
    public static void Uniform(Tensor state, Tensor y) => Floats("PhiloxUniform", state, y);

    /// <summary>Fills a tensor with standard normal numbers.</summary>
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
    /// Advances the counter in a separate launch, because no block of the draw knows when the others have read it.
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
