using GenKernels.Kernels.Reduction;

namespace GenKernels.Models.StyleGan;

/// <summary>Running mean square of a layer's input: its reciprocal root scales the input to unit magnitude.</summary>
/// <remarks>Source: Karras et al. 2021, Alias-Free GANs, section 3.2, without its epsilon.</remarks>
public sealed class MagnitudeEma : Module
{
    private readonly StateBuffer _meanSquare;

    /// <param name="initializer">Puts the buffer on its device.</param>
    public MagnitudeEma(Initializer initializer) =>
        _meanSquare = Register("magnitude_ema", initializer.Buffer([1], []));

    /// <summary>Updates the average, unless <paramref name="beta"/> is 1, and then reads it.</summary>
    /// <param name="x">The layer's input; no gradient flows to it from here.</param>
    /// <param name="beta">Weight of the old average, from 0 to 1.</param>
    /// <returns>The reciprocal root of the average, one element.</returns>
    public Variable Gain(Variable x, float beta)
    {
        using IDisposable mode = GradientMode.Disable();
        Variable average = _meanSquare;
        if (beta == 1) return average.ReciprocalSqrt();

        // In 32 bits whatever the input's type: the sum of many squares exceeds the range of 16 bits.
        using Tensor flat = x.Value.View([checked((int)x.Value.ElementCount)]);
        using Tensor sum = Reduce.Forward(ReduceKind.SumOfSquares, flat, 0, 1, isWide: true);
        Variable mean = new Variable(sum).Reshape([]) * (1f / x.Value.ElementCount);
        Variable updated = average + ((mean - average) * (1 - beta));
        _meanSquare.Value.CopyFrom(updated.Value);

        // Read from the new value, not from the buffer: a later update must not change what the backward pass sees.
        return updated.ReciprocalSqrt();
    }
}
