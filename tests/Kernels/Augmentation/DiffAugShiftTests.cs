using GenKernels.Kernels.Augmentation;

namespace GenKernels.Tests.Kernels.Augmentation;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class DiffAugShiftTests(Device device)
{
    private static readonly int[] s_rows = [0, 1, -2, 9];
    private static readonly int[] s_columns = [0, -3, 2, 1];
    private static readonly int[] s_cutRows = [0, 5, 2, 3];
    private static readonly int[] s_cutColumns = [7, 0, 3, 4];

    [Test]
    public void ForwardMatchesTheFormula([Values] FloatType type, [Values] bool moves, [Values] bool cuts)
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([4, 2, 5, 7, 3], seed: 1, device, type.Element());
        Tensor y = Shift(x, moves, cuts, adjoint: false);
        Assert.That(y.ToDoubles(), Is.EqualTo(Formula(x.ToDoubles(), moves, cuts)));
    }

    [Test]
    public void TheAdjointHasTheSameInnerProducts([Values] bool moves, [Values] bool cuts)
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([4, 2, 5, 7, 3], seed: 1, device, ElementType.Float64);
        Tensor g = TestTensors.Normal([4, 2, 5, 7, 3], seed: 2, device, ElementType.Float64);
        double forward = Shift(x, moves, cuts, adjoint: false).ToDoubles().Zip(g.ToDoubles(), (a, b) => a * b).Sum();
        double backward = Shift(g, moves, cuts, adjoint: true).ToDoubles().Zip(x.ToDoubles(), (a, b) => a * b).Sum();
        Assert.That(backward, Is.EqualTo(forward).Within(Tolerance.For(x.Type)));
    }

    [Test]
    public void RejectsRowsWithoutColumns()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([4, 1, 2, 2, 1], seed: 1, device);
        Assert.That(
            () => DiffAugShift.Forward(x, Draw(s_rows), null, null, null),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                "DiffAugShift: rows and columns come together, or neither does"));
    }

    [Test]
    public void RejectsDrawsForOtherClips()
    {
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([3, 1, 2, 2, 1], seed: 1, device);
        Assert.That(
            () => DiffAugShift.Forward(x, null, null, Draw(s_rows), Draw(s_columns)),
            Throws.TypeOf<ShapeException>().With.Message.Contains("cutoutRows must be Int32[3]")
                .And.Message.Contains("got Int32[4]"));
    }

    private static double[] Formula(double[] values, bool moves, bool cuts)
    {
        double[] result = new double[values.Length];
        for (int index = 0; index < result.Length; index++)
        {
            (int n, int picture, int r, int c) = (index / 210, index / 105, index / 21 % 5, index / 3 % 7);
            int row = moves ? r + s_rows[n] : r;
            int column = moves ? c + s_columns[n] : c;
            if (row is < 0 or >= 5 || column is < 0 or >= 7) continue;
            if (cuts && IsCut(r, s_cutRows[n], 3, 5) && IsCut(c, s_cutColumns[n], 4, 7)) continue;
            result[index] = values[(((((picture * 5) + row) * 7) + column) * 3) + (index % 3)];
        }

        return result;
    }

    // By definition of the rectangle: its positions one by one, each clamped into the picture.
    private static bool IsCut(int place, int offset, int cutSize, int size) =>
        Enumerable.Range(0, cutSize).Any(k => Math.Clamp(k + offset - (cutSize / 2), 0, size - 1) == place);

    private Tensor Shift(Tensor x, bool moves, bool cuts, bool adjoint) => DiffAugShift.Forward(
        x, moves ? Draw(s_rows) : null, moves ? Draw(s_columns) : null, cuts ? Draw(s_cutRows) : null,
        cuts ? Draw(s_cutColumns) : null, adjoint);

    private Tensor Draw(int[] values) => Tensor.From(values, [values.Length], device);
}
