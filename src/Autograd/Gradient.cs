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
    /// <exception cref="ShapeException"><paramref name="upstream"/> has another shape.</exception>
    public static Variable[] Of(
        Variable y, IReadOnlyList<Variable> xs, Variable? upstream = null, bool differentiable = false,
        bool keepRecord = false)
    {
        if (upstream is not null) Require.Shape(upstream.Value, y.Shape.AsSpan(), nameof(upstream));
        using TapeWalk walk = new(xs, differentiable, consume: !differentiable && !keepRecord, stopAtSources: false);
        return walk.Run(y, upstream);
    }

    /// <summary>
    /// As <see cref="Of(Variable, IReadOnlyList{Variable}, Variable?, bool, bool)"/>, but the walk stops at
    /// <paramref name="xs"/>, which may be results themselves: for an operation whose inputs they are.
    /// </summary>
    /// <returns>
    /// One gradient per variable. Of one that occurs several times the first has the whole gradient, the others null:
    /// the gradients of an operation's inputs are summed.
    /// </returns>
    internal static Variable?[] Within(Variable y, IReadOnlyList<Variable> xs, Variable upstream, bool differentiable)
    {
        using TapeWalk walk = new(xs, differentiable, consume: !differentiable, stopAtSources: true);
        Variable?[] gradients = walk.Run(y, upstream);
        HashSet<Variable> seen = new(ReferenceEqualityComparer.Instance);
        for (int index = 0; index < gradients.Length; index++)
        {
            if (!seen.Add(xs[index])) gradients[index] = null;
        }

        return gradients;
    }
}
