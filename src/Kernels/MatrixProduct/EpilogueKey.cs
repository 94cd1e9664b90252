using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.Random;

namespace GenKernels.Kernels.MatrixProduct;

/// <summary>The properties of a <see cref="ProductEpilogue"/> that its running time depends on.</summary>
/// <param name="Activation">The activation function.</param>
/// <param name="IsScaled">Whether gain or clamp has an effect.</param>
/// <param name="HasBias">Whether there is a bias.</param>
/// <param name="HasResidual">Whether there is a residual.</param>
/// <param name="HasNoise">Whether there is noise.</param>
/// <param name="FactorRows">Rows of factors; 0 if there are none.</param>
internal readonly record struct EpilogueKey(
    Activation Activation, bool IsScaled, bool HasBias, bool HasResidual, bool HasNoise, int FactorRows)
{
    /// <returns>The key of an epilogue.</returns>
    internal static EpilogueKey Of(in ProductEpilogue epilogue) => new(
        epilogue.Activation.Activation,
        epilogue.Activation.Gain != 1 || !float.IsPositiveInfinity(epilogue.Activation.Clamp),
        epilogue.Bias is not null, epilogue.Residual is not null, epilogue.Noise is not null,
        epilogue.Factor?.Shape[0] ?? 0);

    /// <returns>An epilogue of this key with random operands.</returns>
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

    /// <summary>The steps of the epilogue as text, each after a comma; empty if there are none.</summary>
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
