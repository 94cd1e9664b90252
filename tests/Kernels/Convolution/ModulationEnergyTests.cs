using GenKernels.Kernels.Convolution;

namespace GenKernels.Tests.Kernels.Convolution;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class ModulationEnergyTests(Device device)
{
    private const float Root = 1.75f, Epsilon = 1e-3f, Gain = 0.625f;

    // One tap and many; channels that fill packs and that do not; more channels than a block has threads for.
    private static readonly (int Groups, int Taps, int Channels)[] s_sizes =
        [(1, 1, 1), (3, 1, 33), (2, 1, 4352), (4, 27, 16), (2, 5, 7), (1, 3, 2052), (2, 130, 8)];

    /// <summary>The types of operand and copy.</summary>
    private static readonly (ElementType Own, ElementType Copy)[] s_types =
    [
        .. Enum.GetValues<FloatType>().Select(type => (type.Element(), type.Element())),
        (ElementType.Float32, ElementType.Float16), (ElementType.Float32, ElementType.BFloat16),
    ];

    [Test]
    public void MatchesTheFormula(
        [ValueSource(nameof(s_types))] (ElementType Own, ElementType Copy) types, [Values(0, Root)] float root,
        [Values] bool hasGain)
    {
        foreach ((int groups, int taps, int channels) in s_sizes)
        {
            using TensorScope scope = device.Scope();
            Tensor x = TestTensors.Normal([groups, taps, channels], seed: 1, device, types.Own);
            Tensor? gain = hasGain ? TestTensors.From([Gain], [1], device, types.Own) : null;
            (Tensor energy, Tensor largest, Tensor copy) = ModulationEnergy.Forward(x, gain, types.Copy, root);

            double[] values = x.ToDoubles();
            (double[] squares, double[] magnitudes) = Numbers(values, groups, taps, channels);
            Assert.That(energy.Type, Is.EqualTo(types.Own.SumType()));
            Expect.CloseSums(energy, squares, $"energy, {x.Shape}");
            Assert.That(largest.ToDoubles(), Is.EqualTo(magnitudes), $"largest magnitudes, {x.Shape}");
            Expect.Close(
                copy,
                [.. values.Select((value, at) => value * Scale(magnitudes[at / (taps * channels)], root, hasGain))],
                $"copy, {x.Shape}");
        }
    }

    [Test]
    public void TheGradientMatchesTheFormula(
        [ValueSource(nameof(s_types))] (ElementType Own, ElementType Copy) types, [Values(0, Root)] float root,
        [Values] bool isTransposed)
    {
        foreach ((int groups, int taps, int channels) in s_sizes)
        {
            using TensorScope scope = device.Scope();
            Tensor x = WithTies([groups, taps, channels], types.Own);
            CheckGradient(x, types.Copy, root, isTransposed, hasGain: isTransposed);
        }
    }

    [Test]
    public void AnOperandOfItsOwnTypeIsNotCopied()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([2, 3, 4], seed: 1, device);
        Assert.That(ModulationEnergy.Forward(x, null, x.Type, root: 0).Copy.Address, Is.EqualTo(x.Address));
    }

    [Test]
    public void NoGroupsGiveNothing()
    {
        using TensorScope scope = device.Scope();
        Tensor x = Tensor.Zeros([0, 3, 4], ElementType.Float32, device);
        (Tensor energy, Tensor largest, Tensor copy) = ModulationEnergy.Forward(x, null, ElementType.Float16, Root);
        Assert.That(energy.Shape, Is.EqualTo(Shape.Create([0, 4])));
        Assert.That(largest.Shape, Is.EqualTo(Shape.Create([0])));
        Assert.That(copy.Shape, Is.EqualTo(x.Shape));
    }

    [Test]
    public void RejectsWhatItCannotCopy()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([2, 3, 4], seed: 1, device, ElementType.BFloat16);
        Assert.That(
            () => ModulationEnergy.Forward(x, null, ElementType.Float32, Root),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                "ModulationEnergy: BFloat16 is copied as it is or, from Float32, to 16 bits, got Float32"));
        Tensor empty = Tensor.Zeros([2, 0, 4], ElementType.Float32, device);
        Assert.That(
            () => ModulationEnergy.Forward(empty, null, ElementType.Float32, Root),
            Throws.TypeOf<ShapeException>().With.Message.Contains("at least one element, got [2, 0, 4]"));
    }

    private static double Scale(double magnitude, float root, bool hasGain) =>
        (hasGain ? Gain : 1) / (root > 0 ? root * magnitude : 1);

    private static (double[] Squares, double[] Magnitudes) Numbers(double[] x, int groups, int taps, int channels)
    {
        double[] squares = new double[groups * channels];
        double[] magnitudes = new double[groups];
        for (int at = 0; at < x.Length; at++)
        {
            int group = at / (taps * channels);
            squares[(group * channels) + (at % channels)] += x[at] * x[at];
            magnitudes[group] = Math.Max(magnitudes[group], Math.Abs(x[at]));
        }

        return (squares, magnitudes);
    }

    /// <returns>Values whose largest magnitude occurs in about every third place, with either sign.</returns>
    private Tensor WithTies(Shape shape, ElementType type)
    {
        using Tensor normal = TestTensors.Normal(shape, seed: 1, device, type);
        double[] values = normal.ToDoubles();
        for (int at = 0; at < values.Length; at += 3) values[at] = 4 * Math.Sign(values[at]);
        return TestTensors.From(values, shape, device, type);
    }

    private void CheckGradient(Tensor x, ElementType copyType, float root, bool isTransposed, bool hasGain)
    {
        const int others = 3;
        (int groups, int taps, int channels) = (x.Shape[0], x.Shape[1], x.Shape[2]);
        ElementType sumType = x.Type.SumType();
        Tensor? gain = hasGain ? TestTensors.From([Gain], [1], device, x.Type) : null;
        Tensor dCopy = TestTensors.Normal(x.Shape, seed: 2, device, copyType);
        Tensor dEnergy = TestTensors.Normal([groups, channels], seed: 3, device, sumType);
        Tensor other = TestTensors.Normal([others], seed: 4, device, sumType);
        Tensor dVariance =
            TestTensors.Normal(isTransposed ? [others, groups] : [groups, others], seed: 5, device, sumType);
        double[] values = x.ToDoubles();
        double[] magnitudes = Numbers(values, groups, taps, channels).Magnitudes;
        Tensor largest = TestTensors.From(magnitudes, [groups], device, sumType);
        Tensor dx = ModulationEnergy.Backward(
            x, gain, root, dCopy, dEnergy, largest, other, dVariance, isTransposed, Epsilon);

        (double[] copies, double[] energies) = (dCopy.ToDoubles(), dEnergy.ToDoubles());
        (double[] factors, double[] variances) = (other.ToDoubles(), dVariance.ToDoubles());
        double[] expected = new double[values.Length];
        for (int at = 0; at < values.Length; at++)
        {
            int group = at / (taps * channels), first = group * taps * channels;
            double magnitude = magnitudes[group];
            expected[at] = (copies[at] * Scale(magnitude, root, hasGain))
                + (2 * values[at] * energies[(group * channels) + (at % channels)]);
            if (Math.Abs(values[at]) != magnitude) continue;
            int ties = values.AsSpan(first, taps * channels).ToArray().Count(value => Math.Abs(value) == magnitude);
            double sum = Enumerable.Range(0, others).Sum(j =>
                factors[j] * factors[j] * variances[isTransposed ? (j * groups) + group : (group * others) + j]);
            expected[at] += Math.Sign(values[at]) * 2 * Epsilon * magnitude * sum / ties;
        }

        Expect.CloseSums(dx, expected, $"{x.Shape}");
    }
}
