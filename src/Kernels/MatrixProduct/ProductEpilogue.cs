using GenKernels.Kernels.Elementwise;

namespace GenKernels.Kernels.MatrixProduct;

/// <summary>What follows a matrix product in the same launch: clamp(gain f(sum + bias)) + residual.</summary>
/// <param name="Bias">Added to every row first, <c>[N]</c>; or null.</param>
/// <param name="Activation">Function, gain and clamp.</param>
/// <param name="Residual">Added last, of the shape of the result; or null.</param>
public readonly record struct ProductEpilogue(Tensor? Bias, BiasActivationOptions Activation, Tensor? Residual = null)
{
    /// <summary>Nothing.</summary>
    public static ProductEpilogue None => new(null, BiasActivationOptions.For(Elementwise.Activation.Linear));

    /// <summary>Whether the sums are the result.</summary>
    internal bool IsNone => this == None;

    /// <summary>Checks the operands against the result that is to be.</summary>
    internal void RequireFits(Tensor x, Shape result)
    {
        if (Bias is not null)
        {
            Require.Shape(Bias, [result[^1]]);
            Require.SameKind(x, Bias);
        }

        if (Residual is null) return;
        Require.Shape(Residual, result.AsSpan());
        Require.SameKind(x, Residual);
    }
}
