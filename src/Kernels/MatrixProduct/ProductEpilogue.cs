using GenKernels.Kernels.Common;
using GenKernels.Kernels.Elementwise;

namespace GenKernels.Kernels.MatrixProduct;

/// <summary>
/// The epilogue of a matrix product or convolution, fused into its launch, for a result of R rows and N columns
/// (channels): clamp(gain f(scale · sum · factor + noise + bias)) + residual.
/// </summary>
/// <param name="Bias">One number per column, <c>[N]</c>; or null.</param>
/// <param name="Activation">Function, gain and clamp.</param>
/// <param name="Residual">Added last, of the shape of the result; or null.</param>
/// <param name="Factor">
/// <c>[F, N]</c>, where F divides R: R / F consecutive rows, such as those of a frame, share a row of factors; or null.
/// </param>
/// <param name="Noise">One number per row, <c>[R]</c>; or null.</param>
/// <param name="Scale">Factor of all sums, such as the gain of equalized weights.</param>
public readonly record struct ProductEpilogue(
    Tensor? Bias, BiasActivationOptions Activation, Tensor? Residual = null, Tensor? Factor = null,
    Tensor? Noise = null, float Scale = 1)
{
    /// <summary>No epilogue: the sums are the result.</summary>
    public static ProductEpilogue None => new(null, BiasActivationOptions.For(Elementwise.Activation.Linear));

    /// <summary>Whether the sums are the result.</summary>
    internal bool IsNone => this == None;

    /// <summary>Checks the operands against the result's shape.</summary>
    /// <exception cref="ShapeException">An operand does not fit.</exception>
    /// <exception cref="ArgumentException">An operand differs from <paramref name="x"/> in type or device.</exception>
    internal void RequireFits(Tensor x, Shape result)
    {
        long rows = result.Product(0, result.Rank - 1);
        if (Bias is not null) Require.Shape(Bias, [result[^1]]);
        if (Residual is not null) Require.Shape(Residual, result.AsSpan());
        if (Noise is not null) Require.Shape(Noise, [(int)rows]);
        if (Factor is not null)
        {
            Require.Shape(Factor, [-1, result[^1]]);
            int count = Factor.Shape[0];
            Require.That(
                rows == 0 || (count > 0 && rows % count == 0), $"{count} rows of factors do not divide {rows} rows");
        }

        foreach (Tensor? operand in (ReadOnlySpan<Tensor?>)[Bias, Residual, Noise, Factor])
        {
            if (operand is not null) Require.SameKind(x, operand);
        }
    }

    /// <returns>The scalars that a kernel is passed besides the operands.</returns>
    internal EpilogueParameters Parameters(Shape result) => new(
        Activation, Scale,
        Factor is null ? 1 : (int)(result.Product(0, result.Rank - 1) / Math.Max(1, Factor.Shape[0])));

    /// <returns>Whether neighbouring columns can be read and written 16 bytes at a time.</returns>
    /// <param name="y">The result.</param>
    internal bool AllowsPacks(Tensor y) => PackWidths.For(y, Bias, Residual, Factor) > 1;

    /// <returns>The cost of a launch that reads the epilogue's operands besides <paramref name="tensors"/>.</returns>
    internal LaunchCost Cost(long operations, params ReadOnlySpan<Tensor> tensors)
    {
        LaunchCost own = LaunchCost.Of(Factor, Noise, Bias, Residual);
        foreach (Tensor tensor in tensors) own = own with { Bytes = own.Bytes + tensor.Bytes };
        return own with { Operations = operations };
    }

    /// <returns>The same with operands of another type, which <paramref name="scope"/> disposes.</returns>
    internal ProductEpilogue Cast(ElementType type, OperandScope scope) => this with
    {
        Bias = scope.Cast(Bias, type),
        Residual = scope.Cast(Residual, type),
        Factor = scope.Cast(Factor, type),
        Noise = scope.Cast(Noise, type),
    };
}
