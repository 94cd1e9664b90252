using GenKernels.Kernels.Filtering;

namespace GenKernels.Autograd;

/// <summary>
/// Upsampling by zero insertion, a 2-D FIR filter, downsampling: linear, and its adjoint is of the same kind.
/// </summary>
public static class Upfirdn2dOperation
{
    /// <summary>Differentiable to any order: the gradient is the same operation with up and down exchanged.</summary>
    /// <remarks>dx = g through the flipped filter; see <see cref="Resampling.Adjoint"/>.</remarks>
    /// <inheritdoc cref="Kernels.Filtering.Upfirdn2d.Forward"/>
    public static Variable Upfirdn2d(
        this Variable x, Tensor filter, Resampling rows, Resampling columns, bool flip = false, float gain = 1)
    {
        Tensor value = Kernels.Filtering.Upfirdn2d.Forward(x.Value, filter, rows, columns, flip, gain);
        return Variable.FromOperation(nameof(Upfirdn2d), value, [x], (_, g) =>
        {
            Resampling down = rows.Adjoint(x.Shape[1], filter.Shape[0]);
            Resampling across = columns.Adjoint(x.Shape[2], filter.Shape[1]);
            return [g.Upfirdn2d(filter, down, across, !flip, gain)];
        });
    }
}
