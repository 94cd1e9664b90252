using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.Random;

namespace GenKernels.Kernels.MatrixProduct;

/// <summary>What of a <see cref="ProductEpilogue"/> its time depends on.</summary>
/// <param name="Activation">The function.</param>
/// <param name="IsScaled">Whether gain or clamp do something.</param>
/// <param name="HasBias">Whether there is a bias; so for the others.</param>
/// <param name="HasResidual">See <paramref name="HasBias"/>.</param>
/// <param name="HasNoise">See <paramref name="HasBias"/>.</param>
/// <param name="FactorRows">Rows of factors; 0 where there are none.</param>
internal readonly record struct EpilogueKey(
    Activation Activation, bool IsScaled, bool HasBias, bool HasResidual, bool HasNoise, int FactorRows)
{
    /// <returns>That of an epilogue.</returns>
    internal static EpilogueKey Of(in ProductEpilogue epilogue) => new(
        epilogue.Activation.Activation,
        epilogue.Activation.Gain != 1 || !float.IsPositiveInfinity(epilogue.Activation.Clamp),
        epilogue.Bias is not null, epilogue.Residual is not null, epilogue.Noise is not null,
        epilogue.Factor?.Shape[0] ?? 0);

    /// <returns>An epilogue like it, of random numbers.</returns>
    internal ProductEpilogue Prepare(RandomGenerator random, Shape result, ElementType type)
    {
        BiasActivationOptions options = IsScaled ? new(Activation, Gain: 1.5f, Clamp: 256) : new(Activation, Gain: 1);
        return new ProductEpilogue(
            HasBias ? random.Normal([result[^1]], type) : null,
            options,
            HasResidual ? random.Normal(result, type) : null,
            FactorRows > 0 ? random.Normal([FactorRows, result[^1]], type) : null,
            HasNoise ? random.Normal([(int)result.Product(0, result.Rank - 1)], type) : null);
    }

    /// <summary>What follows, as text; empty where nothing does.</summary>
    public override string ToString()
    {
        string text = FactorRows > 0 ? $", {FactorRows} rows of factors" : "";
        if (HasNoise) text += ", noise";
        if (HasBias) text += ", bias";
        if (Activation != Activation.Linear) text += $", {Activation}";
        if (IsScaled) text += ", gain or clamp";
        return HasResidual ? text + ", residual" : text;
    }
}
