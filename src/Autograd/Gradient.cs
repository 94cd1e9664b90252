namespace GenKernels.Autograd;

/// <summary>Reverse-mode automatic differentiation.</summary>
public static class Gradient
{
    /// <summary>The gradient with respect to one variable.</summary>
    /// <inheritdoc cref="Of(Variable, IReadOnlyList{Variable}, Variable?, bool, bool)"/>
    public static Variable Of(Variable y, Variable x, bool differentiable = false) =>
        Of(y, [x], null, differentiable)[0];

    /// <summary>
    /// The vector-Jacobian products of <paramref name="y"/> with <paramref name="upstream"/>: gradients of the sum of
    /// the weighted elements.
    /// </summary>
    /// <param name="y">The result to differentiate, of any shape.</param>
    /// <param name="xs">
    /// The variables to differentiate with respect to: leaves, or results that <paramref name="y"/> depends on.
    /// </param>
    /// <param name="upstream">The upstream gradient, of the shape of <paramref name="y"/>; ones by default.</param>
    /// <param name="differentiable">Whether the gradients are themselves recorded, for higher-order gradients.</param>
    /// <param name="keepRecord">
    /// Whether the record stays usable for another backward. If false, and <paramref name="differentiable"/> is too,
    /// the walk frees what operations saved, and the values of all results between <paramref name="xs"/> and
    /// <paramref name="y"/> without <see cref="Variable.Keep"/>.
    /// </param>
    /// <returns>
    /// One gradient per variable of <paramref name="xs"/>, zeros where none flows. The caller or its scope disposes
    /// them.
    /// </returns>
    /// <exception cref="InvalidOperationException">An earlier backward consumed the record.</exception>
    public static Variable[] Of(
        Variable y, IReadOnlyList<Variable> xs, Variable? upstream = null, bool differentiable = false,
        bool keepRecord = false)
    {
        using TapeWalk walk = new(xs, differentiable, consume: !differentiable && !keepRecord, stopAtSources: false);
        return walk.Run(y, upstream);
    }

    /// <summary>
    /// As <see cref="Of(Variable, IReadOnlyList{Variable}, Variable?, bool, bool)"/>, but the walk stops at
    /// <paramref name="xs"/>, which may be results themselves.
    /// </summary>
    internal static Variable[] Within(Variable y, IReadOnlyList<Variable> xs, Variable upstream, bool differentiable)
    {
        using TapeWalk walk = new(xs, differentiable, consume: !differentiable, stopAtSources: true);
        return walk.Run(y, upstream);
    }
}
