namespace GenKernels.Autograd;

/// <summary>Reverse-mode differentiation.</summary>
public static class Gradient
{
    /// <summary>The gradient with respect to one variable.</summary>
    /// <inheritdoc cref="Of(Variable, IReadOnlyList{Variable}, Variable?, bool, bool)"/>
    public static Variable Of(Variable y, Variable x, bool differentiable = false) =>
        Of(y, [x], null, differentiable)[0];

    /// <summary>The gradients of the sum of <paramref name="y"/>, weighted by <paramref name="upstream"/>.</summary>
    /// <param name="y">What is differentiated, of any shape.</param>
    /// <param name="xs">With respect to what; leaves or results on the way to <paramref name="y"/>.</param>
    /// <param name="upstream">Weights of the shape of <paramref name="y"/>; ones by default.</param>
    /// <param name="differentiable">Whether the gradients are themselves recorded, for gradients of gradients.</param>
    /// <param name="keepRecord">
    /// Whether the record may be walked again. If not, and if it is not differentiable, what the operations saved is
    /// freed on the way, with the values of all results between <paramref name="xs"/> and <paramref name="y"/> that are
    /// not kept.
    /// </param>
    /// <returns>
    /// One gradient for each of <paramref name="xs"/>; zeros where none flows. The caller or its scope disposes them.
    /// </returns>
    /// <exception cref="InvalidOperationException">The record was consumed before.</exception>
    public static Variable[] Of(
        Variable y, IReadOnlyList<Variable> xs, Variable? upstream = null, bool differentiable = false,
        bool keepRecord = false)
    {
        using TapeWalk walk = new(xs, differentiable, consume: !differentiable && !keepRecord, stopAtSources: false);
        return walk.Run(y, upstream);
    }

    /// <summary>As above, but never beyond <paramref name="xs"/>, which may be results themselves.</summary>
    internal static Variable[] Within(Variable y, IReadOnlyList<Variable> xs, Variable upstream, bool differentiable)
    {
        using TapeWalk walk = new(xs, differentiable, consume: !differentiable, stopAtSources: true);
        return walk.Run(y, upstream);
    }
}
