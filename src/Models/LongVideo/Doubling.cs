namespace GenKernels.Models.LongVideo;

/// <summary>Doubles the rate of an axis, or keeps it, and crops the axis around its middle.</summary>
internal static class Doubling
{
    /// <param name="x">Any shape.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="filter">The interpolating filter, or null to keep the rate.</param>
    /// <param name="size">Size of the result along the axis: at most that before the crop.</param>
    internal static Variable Apply(Variable x, int axis, Tensor? filter, int size) =>
        Apply(x, axis, filter, ((x.Shape[axis] * (filter is null ? 1 : 2)) - size) / 2, size);

    /// <summary>As above, cropped from <paramref name="start"/> on.</summary>
    internal static Variable Apply(Variable x, int axis, Tensor? filter, int start, int size)
    {
        int length = x.Shape[axis] * (filter is null ? 1 : 2);
        if (filter is null) return x.Window(axis, start, size);

        // The crop is a negative padding: cropped samples are never computed.
        int taps = filter.Shape[0];
        int before = ((taps + 1) / 2) - start;
        int after = ((taps - 2) / 2) - (length - size - start);
        return x.Upfirdn(filter, axis, up: 2, down: 1, before, after, gain: 2);
    }
}
