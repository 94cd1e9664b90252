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
        if (beta != 1) return new Variable(Kernels.Normalization.MagnitudeEma.Update(x.Value, _meanSquare.Value, beta));
        Variable average = _meanSquare;
        return average.ReciprocalSqrt();
    }
}
