namespace GenKernels.Autograd;

/// <summary>Up by zeros, filter, down: linear, and its own kind of adjoint.</summary>
public static class UpfirdnOperation
{
    /// <summary>Differentiable to any order: the gradient is the same operation with up and down exchanged.</summary>
    /// <remarks>
    /// dx = the filter backwards over g, up by down and down by up. A tap k of m reaches sample l where
    /// l up = m down + k - before; read from g's side this is a padding of K - 1 - before in front, and behind what is
    /// missing to the length of x.
    /// </remarks>
    /// <inheritdoc cref="Kernels.Filtering.Upfirdn.Forward"/>
    /// <param name="x">Any shape, floats.</param>
    /// <param name="axis">Which axis is filtered, from 0 or, negative, from the end.</param>
    public static Variable Upfirdn(
        this Variable x, Tensor filter, int axis, int up = 1, int down = 1, int padBefore = 0, int padAfter = 0,
        bool flip = false, float gain = 1)
    {
        int at = x.Shape.Axis(axis);
        Tensor value = Kernels.Filtering.Upfirdn.Forward(
            x.Value, filter, at, up, down, padBefore, padAfter, flip, gain);
        return Variable.FromOperation(nameof(Upfirdn), value, [x], (_, g) =>
        {
            int before = filter.Shape[0] - 1 - padBefore;
            int after = (x.Shape[at] * up) - (g.Shape[at] * down) + padBefore - up + 1;
            return [g.Upfirdn(filter, at, down, up, before, after, !flip, gain)];
        });
    }
}
