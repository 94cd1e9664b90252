using GenKernels.Kernels.Filtering;

namespace GenKernels.Tests.Kernels.Filtering;

/// <summary>Against the values of Abramowitz and Stegun 1964, tables 9.1 and 9.8.</summary>
public sealed class BesselFunctionTests
{
    [TestCase(0, 1)]
    [TestCase(1, 1.2660658777520083)]
    [TestCase(5, 27.239871823604442)]
    [TestCase(20, 43558282.559553533)]
    public void I0HasItsTabulatedValues(double x, double expected) =>
        Assert.That(BesselFunction.I0(x), Is.EqualTo(expected).Within(1e-13).Percent);

    [TestCase(0, 0)]
    [TestCase(1, 0.44005058574493352)]
    [TestCase(5, -0.32757913759146522)]
    [TestCase(-5, 0.32757913759146522)]
    [TestCase(3.8317059702075123, 0)]
    [TestCase(50, -0.097511828125175)]
    public void J1HasItsTabulatedValues(double x, double expected) =>
        Assert.That(BesselFunction.J1(x), Is.EqualTo(expected).Within(1e-14));
}
