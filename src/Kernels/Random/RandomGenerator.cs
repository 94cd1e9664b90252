namespace GenKernels.Kernels.Random;

/// <summary>
/// A sequence of random numbers on a device (Philox 4x32-10). Its state lives in device memory and advances in the
/// order of the device's work, so that each replay of a recorded step draws new numbers.
/// </summary>
/// <remarks>
/// A draw of n numbers begins at the counter after the previous draw, and takes ceil(n / 4) counters.
/// </remarks>
public sealed class RandomGenerator : IDisposable
{
    private readonly Tensor _state;

    /// <param name="device">The device that generates the numbers.</param>
    /// <param name="seed">Each seed gives a different sequence.</param>
    /// <param name="stream">Each stream of a seed is a different sequence too: one per process of a run.</param>
    public RandomGenerator(Device device, ulong seed, ulong stream = 0)
    {
        _state = Tensor.Empty([3], ElementType.Int64, device).Unscoped();
        LoadState(new RandomState(seed, 0, stream));
    }

    /// <summary>The device that generates the numbers.</summary>
    public Device Device => _state.Device;

    /// <param name="shape">Of the result.</param>
    /// <param name="type">A float type.</param>
    /// <returns>Uniform numbers in [0, 1); the caller or its scope disposes them.</returns>
    /// <exception cref="ArgumentException"><paramref name="type"/> is not a float type.</exception>
    public Tensor Uniform(Shape shape, ElementType type = ElementType.Float32) => Filled(shape, type, FillUniform);

    /// <returns>Standard normal numbers; the caller or its scope disposes them.</returns>
    /// <inheritdoc cref="Uniform"/>
    public Tensor Normal(Shape shape, ElementType type = ElementType.Float32) => Filled(shape, type, FillNormal);

    /// <param name="shape">Of the result.</param>
    /// <param name="low">The smallest value.</param>
    /// <param name="highInclusive">The largest value.</param>
    /// <returns>Uniformly distributed integers, Int32; the caller or its scope disposes them.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="highInclusive"/> is below <paramref name="low"/>.
    /// </exception>
    public Tensor Integers(Shape shape, int low, int highInclusive) =>
        Filled(shape, ElementType.Int32, y => Philox.Integers(_state, y, low, highInclusive));

    /// <returns>The generator's raw words, 32 random bits each, as Int32; the caller or its scope disposes them.
    /// </returns>
    /// <inheritdoc cref="Integers" path="/param"/>
    public Tensor Bits(Shape shape) => Filled(shape, ElementType.Int32, y => Philox.Bits(_state, y));

    /// <summary>As <see cref="Uniform"/>, into an existing tensor.</summary>
    public void FillUniform(Tensor y) => Philox.Uniform(_state, y);

    /// <summary>As <see cref="Normal"/>, into an existing tensor.</summary>
    public void FillNormal(Tensor y) => Philox.Normal(_state, y);

    /// <returns>The state of the sequence after all work enqueued so far; waits for the device.</returns>
    public RandomState SaveState()
    {
        long[] values = _state.ToArray<long>();
        return new RandomState((ulong)values[0], (ulong)values[1], (ulong)values[2]);
    }

    /// <summary>Continues a sequence from a saved state.</summary>
    public void LoadState(RandomState state) =>
        _state.CopyFrom<long>([(long)state.Seed, (long)state.Offset, (long)state.Stream]);

    /// <summary>Frees the state; tensors already drawn stay valid.</summary>
    public void Dispose() => _state.Dispose();

    private Tensor Filled(Shape shape, ElementType type, Action<Tensor> fill)
    {
        Tensor y = Tensor.Empty(shape, type, Device);
        try
        {
            fill(y);
            return y;
        }
        catch
        {
            y.Dispose();
            throw;
        }
    }
}
