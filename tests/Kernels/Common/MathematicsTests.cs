namespace GenKernels.Tests.Kernels.Common;

/// <summary>The functions of <c>Mathematics.cuh</c> and <c>Normal.cuh</c> in float, against double precision.</summary>
[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class MathematicsTests(Device device)
{
    private const double Unit = 1.2e-7;  // one unit in the last place, relative
    private const double SmallestNormal = 1.18e-38;
    private const int Count = 40_001;

    private static readonly KernelSource s_source =
        new("Probes/Function.cu", typeof(MathematicsTests).Assembly, [ElementType.Float32, ElementType.Float64]);

    [Test]
    public void ExpIsRightToTwoUnits([Values(1, 30, 87)] double reach) =>
        Check("Exp", Sweep(-reach, reach), Math.Exp, _ => 2);

    [Test]
    public void ExpMinusOneIsRightToTwoUnits([Values(1e-3, 0.5, 10, 87)] double reach) =>
        Check("ExpMinusOne", Sweep(-reach, reach), x => Math.Abs(x) < 1e-4
            ? x + (x * x / 2) + (x * x * x / 6)
            : Math.Exp(x) - 1, _ => 2.5);

    [Test]
    public void LogOnePlusIsRightToTwoUnits([Values(1e-3, 0.9, 10, 1e6, 1e38)] double reach) =>
        Check("LogOnePlus", Sweep(-Math.Min(reach, 0.9999), reach), x => Math.Abs(x) < 1e-4
            ? x - (x * x / 2) + (x * x * x / 3)
            : Math.Log(1 + x), _ => 2.5);

    [Test]
    public void TanhIsRightToTwoUnits([Values(1e-3, 1, 10)] double reach) =>
        Check("Tanh", Sweep(-reach, reach), Math.Tanh, _ => 2.5);

    [Test]
    public void SigmoidIsRightToThreeUnits([Values(1, 20, 86)] double reach) =>
        Check("Sigmoid", Sweep(-reach, reach), x => 1 / (1 + Math.Exp(-x)), _ => 3);

    /// <summary>The rounding of z² / 2 matters more and more in the tail.</summary>
    [Test]
    public void TheNormalIntegralIsRightOnBothSides([Values(0.1, 4, 12)] double reach) =>
        Check("Normal", Sweep(-reach, reach), NormalIntegral, z => 4 + (z * z));

    [Test]
    public void SpecialNumbersKeepTheirMeaning()
    {
        double[] x = [double.NaN, double.NegativeInfinity, double.PositiveInfinity, 0, -200, 200];
        Assert.That(Results("Exp", x), Is.EqualTo(new[] { double.NaN, 0, double.PositiveInfinity, 1, 0, 1 / 0.0 }));
        Assert.That(Results("ExpMinusOne", x), Is.EqualTo(new[] { double.NaN, -1, 1 / 0.0, 0, -1, 1 / 0.0 }));
        Assert.That(Results("Tanh", x), Is.EqualTo(new[] { double.NaN, -1, 1, 0, -1, 1 }));
        Assert.That(Results("Normal", x), Is.EqualTo(new[] { double.NaN, 0, 1, 0.5, 0, 1 }));
        Assert.That(
            Results("Sigmoid", x),
            Is.EqualTo(new[] { double.NaN, 0, 1, 0.5, 0, 1 }).Within(2 * SmallestNormal));  // 1 / the largest power
        double[] logarithms = Results("LogOnePlus", [double.NaN, -1, -2, 0, 1 / 0.0]);
        Assert.That(logarithms, Is.EqualTo(new[] { double.NaN, -1 / 0.0, double.NaN, 0, 1 / 0.0 }));
    }

    [Test]
    public void ResultsBelowTheNormalNumbersAreNotLost()
    {
        const double SmallestNumber = 1.5e-45;
        double[] expected = [Math.Exp(-90), Math.Exp(-100)];
        Assert.That(Results("Exp", [-90, -100]), Is.EqualTo(expected).Within(SmallestNumber));
    }

    private static double[] Sweep(double from, double to) =>
        [.. Enumerable.Range(0, Count).Select(i => (double)(float)(from + ((to - from) * i / (Count - 1))))];

    private void Check(string name, double[] x, Func<double, double> formula, Func<double, double> units)
    {
        double[] y = Results(name, x);
        double worst = 0;
        int at = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double expected = formula(x[i]);
            double error = Math.Abs(y[i] - expected) / (Unit * Math.Max(SmallestNormal, Math.Abs(expected)));
            double share = error / units(x[i]);
            if (share <= worst) continue;
            (worst, at) = (share, i);
        }

        Assert.That(worst, Is.LessThanOrEqualTo(1), $"{name} of {x[at]:G9} is {y[at]:G9}, not {formula(x[at]):G9}");
    }

    private double[] Results(string name, double[] values)
    {
        using Tensor x = TestTensors.From(values, [values.Length], device, ElementType.Float32);
        using Tensor y = Tensor.Empty(x.Shape, x.Type, device);
        Kernel kernel = device.Load(s_source, x.Type).Kernel($"Function{name}");
        kernel.Launch(LaunchShape.Elements(device, x.ElementCount), x, y, x.ElementCount);
        return y.ToDoubles();
    }

    /// <summary>By its series near 0, and by a continued fraction in the tails.</summary>
    private static double NormalIntegral(double z)
    {
        double density = Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI);
        double magnitude = Math.Abs(z);
        if (magnitude > 3)
        {
            double fraction = magnitude;
            for (int n = 200; n > 0; n--) fraction = magnitude + (n / fraction);
            return z < 0 ? density / fraction : 1 - (density / fraction);
        }

        double term = z;
        double sum = 0;
        for (int n = 1; n < 200; term *= z * z / ((2 * n) + 1), n++) sum += term;
        return 0.5 + (density * sum);
    }
}
