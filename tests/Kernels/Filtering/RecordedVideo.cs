using GenKernels.Kernels.Movement;

namespace GenKernels.Tests.Kernels.Filtering;

/// <summary>Tensors of the recorded cases, whose channels come second, as channels-last.</summary>
internal static class RecordedVideo
{
    /// <returns>The recorded <c>[N, C, …]</c> as <c>[N, …, C]</c>; the caller or its scope disposes it.</returns>
    internal static Tensor ChannelsLast(this SafetensorsFile file, string name, Device device)
    {
        Shape shape = file.Entry(name).Shape;
        using Tensor recorded = Tensor.From(file.ReadFloats(name), shape, device);
        int[] axes = [0, .. Enumerable.Range(2, shape.Rank - 2), 1];
        return StridedCopy.Permute(recorded, axes);
    }

    /// <summary>Compares two tensors of sums, relative to the largest.</summary>
    internal static void AssertEqual(Tensor actual, Tensor expected, string what)
    {
        double[] values = expected.ToDoubles();
        double largest = values.Select(Math.Abs).Append(0).Max();
        Assert.That(actual.Shape.ToString(), Is.EqualTo(expected.Shape.ToString()), what);
        double tolerance = 4 * Tolerance.For(expected.Type) * largest;  // sums in another order
        Assert.That(actual.ToDoubles(), Is.EqualTo(values).Within(tolerance), what);
    }
}
