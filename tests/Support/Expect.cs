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

    private static void Check(Tensor actual, double[] expected, string what, Func<int, double> scale)
    {
        double[] values = actual.ToDoubles();
        Assert.That(values, Has.Length.EqualTo(expected.Length), what);
        for (int index = 0; index < expected.Length; index++)
        {
            // Equals, so that an infinity is itself and a NaN a NaN.
            if (values[index].Equals(expected[index])) continue;
            if (Math.Abs(values[index] - expected[index]) <= Tolerance.For(actual.Type) * scale(index)) continue;
            Assert.Fail(
                $"{what}: element {index} of {actual} is {values[index]:G9}, the formula gives {expected[index]:G9}");
        }
    }
}
