namespace GenKernels.Tests.Support;

/// <summary>Assertions about kernels' results.</summary>
public static class Expect
{
    /// <summary>
    /// Every element is within the type's tolerance of the formula, relative to the larger of 1 and its magnitude.
    /// </summary>
    public static void Close(Tensor actual, double[] expected, string what = "") =>
        Check(actual, expected, what, index => Math.Max(1, Math.Abs(expected[index])));

    /// <summary>
    /// As <see cref="Close"/>, for sums: relative to the larger of 1 and the largest result, with an allowance for the
    /// order of additions.
    /// </summary>
    public static void CloseSums(Tensor actual, double[] expected, string what = "")
    {
        double scale = 4 * expected.Select(Math.Abs).Append(1).Max();
        Check(actual, expected, what, _ => scale);
    }

    /// <summary>
    /// For results of tensor cores, which accumulate 32-bit floats and truncate every addition: the error of a sum is
    /// relative to the largest sum, and is multiplied by the slope of the epilogue. The results may be far smaller, if
    /// they are clamped, and say nothing about it. The stored value is rounded once more, to its type.
    /// </summary>
    /// <param name="actual">The results.</param>
    /// <param name="expected">The results by the formula.</param>
    /// <param name="sums">The sums by the formula, before the epilogue.</param>
    /// <param name="steepness">The largest factor by which the epilogue multiplies the sum at an index.</param>
    /// <param name="what">Prefix of the message.</param>
    public static void CloseFinished(
        Tensor actual, double[] expected, double[] sums, Func<int, double> steepness, string what = "")
    {
        double ofSums = Tolerance.Float32 * sums.Select(Math.Abs).Append(1).Max();
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
            // Equals, so that infinities and NaNs equal themselves.
            if (values[index].Equals(expected[index])) continue;
            if (Math.Abs(values[index] - expected[index]) <= allowed(index)) continue;
            Assert.Fail(
                $"{what}: element {index} of {actual} is {values[index]:G9}, the formula gives {expected[index]:G9}");
        }
    }
}
