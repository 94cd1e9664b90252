namespace GenKernels.Tests.Support;

/// <summary>What tests of kernels ask of a result.</summary>
public static class Expect
{
    /// <summary>
    /// Every element is within the type's tolerance of the formula, relative to 1 or to its own size.
    /// </summary>
    public static void Close(Tensor actual, double[] expected, string what = "") =>
        Check(actual, expected, what, index => Math.Max(1, Math.Abs(expected[index])));

    /// <summary>
    /// As <see cref="Close"/>, for sums: relative to 1 or to the largest result, with room for the order.
    /// </summary>
    public static void CloseSums(Tensor actual, double[] expected, string what = "")
    {
        double scale = 4 * expected.Select(Math.Abs).Append(1).Max();
        Check(actual, expected, what, _ => scale);
    }

    /// <summary>
    /// For results of tensor cores, which sum 32-bit floats and drop the bits of every addition that do not fit: the
    /// error of a sum goes by the largest one, and is multiplied by what follows. The results may be far smaller than
    /// that where they are clamped, and say nothing of it. What is stored is rounded once more, to its type.
    /// </summary>
    /// <param name="actual">The results.</param>
    /// <param name="expected">By the formula.</param>
    /// <param name="sums">By the formula, before what follows them.</param>
    /// <param name="steepness">The most by which what follows multiplies the sum at an index.</param>
    /// <param name="what">For the message.</param>
    public static void CloseFinished(
        Tensor actual, double[] expected, double[] sums, Func<int, double> steepness, string what = "")
    {
        double ofSums = Tolerance.For(ElementType.Float32) * sums.Select(Math.Abs).Append(1).Max();
        double ofType = Tolerance.For(actual.Type);
        Compare(actual, expected, what, index =>
            (ofSums * steepness(index)) + (ofType * Math.Max(1, Math.Abs(expected[index]))));
    }

    private static void Check(Tensor actual, double[] expected, string what, Func<int, double> scale) =>
        Compare(actual, expected, what, index => Tolerance.For(actual.Type) * scale(index));

    private static void Compare(Tensor actual, double[] expected, string what, Func<int, double> allowed)
    {
        double[] values = actual.ToDoubles();
        Assert.That(values, Has.Length.EqualTo(expected.Length), what);
        for (int index = 0; index < expected.Length; index++)
        {
            // Equals, so that an infinity is itself and a NaN a NaN.
            if (values[index].Equals(expected[index])) continue;
            if (Math.Abs(values[index] - expected[index]) <= allowed(index)) continue;
            Assert.Fail(
                $"{what}: element {index} of {actual} is {values[index]:G9}, the formula gives {expected[index]:G9}");
        }
    }
}
