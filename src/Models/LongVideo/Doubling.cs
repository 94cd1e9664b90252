namespace GenKernels.Models.LongVideo;

/// <summary>Doubles an axis, or leaves it, and crops it around the middle.</summary>
internal static class Doubling
{
    /// <param name="x">Any shape.</param>
    /// <param name="axis">Which axis.</param>
    /// <param name="filter">The interpolating filter, or null to keep the rate.</param>
    /// <param name="size">Of the result: at most what there is.</param>
    internal static Variable Apply(Variable x, int axis, Tensor? filter, int size) =>
        Apply(x, axis, filter, ((x.Shape[axis] * (filter is null ? 1 : 2)) - size) / 2, size);

    /// <summary>As above, from a given place on.</summary>
    internal static Variable Apply(Variable x, int axis, Tensor? filter, int start, int size)
    {
        int length = x.Shape[axis] * (filter is null ? 1 : 2);
        if (filter is null) return x.Window(axis, start, size);

        // The crop is a negative padding: what is cropped is never computed.
        int taps = filter.Shape[0];
        int before = ((taps + 1) / 2) - start;
        int after = ((taps - 2) / 2) - (length - size - start);
        return x.Upfirdn(filter, axis, up: 2, down: 1, before, after, gain: 2);
    }
}
