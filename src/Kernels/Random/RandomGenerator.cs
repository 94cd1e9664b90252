namespace GenKernels.Kernels.Random;

/// <summary>
/// A sequence of random numbers on a device (Philox 4x32-10). Its state lies in the device's memory and moves in the
/// order of the device's work, so that a recorded step that draws, draws anew each time it is replayed.
/// </summary>
/// <remarks>
/// A draw of n numbers begins at the counter after the draw before it, and takes ceil(n / 4) counters.
/// </remarks>
public sealed class RandomGenerator : IDisposable
{
    private readonly Tensor _state;

    /// <param name="device">Where the numbers are made.</param>
    /// <param name="seed">Every seed is a sequence of its own.</param>
    /// <param name="stream">So is every stream of a seed: one for each process that works on the same run.</param>
    public RandomGenerator(Device device, ulong seed, ulong stream = 0)
    {
        _state = Tensor.Empty([3], ElementType.Int64, device).Unscoped();
        LoadState(new RandomState(seed, 0, stream));
    }

    /// <summary>Where the numbers are made.</summary>
    public Device Device => _state.Device;

    /// <param name="shape">Of the result.</param>
    /// <param name="type">A float type.</param>
    /// <returns>Numbers spread evenly over [0, 1); the caller or its scope disposes them.</returns>
    /// <exception cref="ArgumentException"><paramref name="type"/> is no float type.</exception>
    public Tensor Uniform(Shape shape, ElementType type = ElementType.Float32) => Filled(shape, type, FillUniform);

    /// <returns>Numbers of mean 0 and variance 1; the caller or its scope disposes them.</returns>
    /// <inheritdoc cref="Uniform"/>
    public Tensor Normal(Shape shape, ElementType type = ElementType.Float32) => Filled(shape, type, FillNormal);

    /// <param name="shape">Of the result.</param>
    /// <param name="low">The smallest.</param>
    /// <param name="highInclusive">The largest, itself included.</param>
    /// <returns>Integers of type Int32, equally likely; the caller or its scope disposes them.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="highInclusive"/> is below <paramref name="low"/>.
    /// </exception>
    public Tensor Integers(Shape shape, int low, int highInclusive) =>
        Filled(shape, ElementType.Int32, y => Philox.Integers(_state, y, low, highInclusive));

    /// <returns>The generator's words, 32 random bits each, as Int32; the caller or its scope disposes them.</returns>
    /// <inheritdoc cref="Integers" path="/param"/>
    public Tensor Bits(Shape shape) => Filled(shape, ElementType.Int32, y => Philox.Bits(_state, y));

    /// <summary>As <see cref="Uniform"/>, into a tensor that is there.</summary>
    public void FillUniform(Tensor y) => Philox.Uniform(_state, y);

    /// <summary>As <see cref="Normal"/>, into a tensor that is there.</summary>
    public void FillNormal(Tensor y) => Philox.Normal(_state, y);

    /// <returns>Where the sequence stands after all work given to the device.</returns>
    public RandomState SaveState()
    {
        long[] values = _state.ToArray<long>();
        return new RandomState((ulong)values[0], (ulong)values[1], (ulong)values[2]);
    }

    /// <summary>Goes on where a sequence stood.</summary>
    public void LoadState(RandomState state) =>
        _state.CopyFrom<long>([(long)state.Seed, (long)state.Offset, (long)state.Stream]);

    /// <summary>Frees the state; what was drawn stays.</summary>
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
