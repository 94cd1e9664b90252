using GenKernels.Kernels.Filtering;

namespace GenKernels.Autograd;

/// <summary>
/// Upsampling by zero insertion, an FIR filter, downsampling: linear, and its adjoint is of the same kind.
/// </summary>
public static class UpfirdnOperation
{
    /// <summary>Differentiable to any order: the gradient is the same operation with up and down exchanged.</summary>
    /// <remarks>
    /// dx = g through the flipped filter, upsampled by down and downsampled by up; see
    /// <see cref="Resampling.Adjoint"/>.
    /// </remarks>
    /// <inheritdoc cref="Kernels.Filtering.Upfirdn.Forward"/>
    /// <param name="x">Any shape, floats.</param>
    /// <param name="axis">The axis that is filtered, from 0 or, negative, from the end.</param>
    public static Variable Upfirdn(
        this Variable x, Tensor filter, int axis, int up = 1, int down = 1, int padBefore = 0, int padAfter = 0,
        bool flip = false, float gain = 1)
    {
        int at = x.Shape.Axis(axis);
        Tensor value = Kernels.Filtering.Upfirdn.Forward(
            x.Value, filter, at, up, down, padBefore, padAfter, flip, gain);
        return Variable.FromOperation(nameof(Upfirdn), value, [x], (_, g) =>
        {
            Resampling back = new Resampling(up, down, padBefore, padAfter).Adjoint(x.Shape[at], filter.Shape[0]);
            return [g.Upfirdn(filter, at, back.Up, back.Down, back.Before, back.After, !flip, gain)];
        });
    }
}
