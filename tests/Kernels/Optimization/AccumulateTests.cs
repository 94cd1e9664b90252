using GenKernels.Kernels.Optimization;

namespace GenKernels.Tests.Kernels.Optimization;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class AccumulateTests(Device device)
{
    // Parts that fill no pack, several blocks, nothing; more parts than a launch takes.
    private static readonly int[] s_counts = [33, 4, 0, 4097, 8200, 1, 64, 5, 0, 12, 100, 4096, 7, 1, 1, 31, 2, 0];

    [Test]
    public void PartsAreAddedToOrReplaceWhatIsThere(
        [Values] FloatType type, [Values] bool isFirst, [Values(1, 8)] int alignment)
    {
        using TensorScope scope = device.Scope();
        int[] starts = new int[s_counts.Length];
        int length = 3 * alignment;
        for (int part = 0; part < starts.Length; part++)
        {
            starts[part] = length;
            length += (s_counts[part] + alignment - 1) / alignment * alignment;
        }

        Tensor[] parts =
            [.. s_counts.Select((count, part) => TestTensors.Normal([count], seed: part, device, type.Element()))];
        Tensor y = TestTensors.Normal([length + 5], seed: 99, device, type.Element());
        double[] expected = y.ToDoubles();
        for (int part = 0; part < parts.Length; part++)
        {
            double[] values = parts[part].ToDoubles();
            for (int i = 0; i < values.Length; i++)
            {
                expected[starts[part] + i] = (isFirst ? 0 : expected[starts[part] + i]) + values[i];
            }
        }

        Accumulate.Into(parts, starts, y, isFirst);
        Expect.Close(y, expected, $"{(isFirst ? "first" : "added")}, aligned to {alignment}");
    }

    [Test]
    public void NoPartsChangeNothing()
    {
        using Tensor y = TestTensors.Normal([4], seed: 1, device);
        double[] before = y.ToDoubles();
        Accumulate.Into([], [], y);
        Assert.That(y.ToDoubles(), Is.EqualTo(before));
    }

    [Test]
    public void RejectsPartsThatDoNotFit()
    {
        using TensorScope scope = device.Scope();
        Tensor x = Tensor.Zeros([2, 2], ElementType.Float32, device);
        Tensor y = Tensor.Zeros([6], ElementType.Float32, device);
        Assert.That(
            () => Accumulate.Into([x], [3], y),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                "Accumulate: [2, 2] from element 3 on reaches beyond [6]"));
        Assert.That(
            () => Accumulate.Into([x], [0, 4], y),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo("Accumulate: 1 parts need as many starts, got 2"));
    }
}
