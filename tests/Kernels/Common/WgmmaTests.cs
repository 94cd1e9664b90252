namespace GenKernels.Tests.Kernels.Common;

/// <summary>Products of warpgroups against plain arithmetic, with operands laid out element by element.</summary>
[TestFixtureSource(nameof(Devices))]
public sealed class WgmmaTests(Device device)
{
    private const int Rows = 64;
    private const int Grid = 2;

    private static readonly KernelSource s_source = new(
        "Probes/Wgmma.cu", typeof(WgmmaTests).Assembly, [ElementType.Float16, ElementType.BFloat16],
        [
            .. from columns in Columns
               from form in Enum.GetValues<Form>()
               from acrossW in new[] { false, true }
               select Variant(columns, form, acrossW),
        ]);

    /// <summary>How x lies.</summary>
    public enum Form { Along, Across, InRegisters }

    private static int[] Columns => [40, 64, 80, 128, 160, 256];

    /// <summary>Those that can.</summary>
    internal static IEnumerable<TestFixtureData> Devices() =>
        TestDevices.All().Where(data => data.Arguments[0] is not Device { HasWarpgroupProducts: false });

    [Test]
    public void WarpgroupsMultiplyAsMatricesDo(
        [Values(FloatType.Float16, FloatType.BFloat16)] FloatType type, [ValueSource(nameof(Columns))] int columns,
        [Values] Form form, [Values] bool acrossW)
    {
        foreach ((int depth, int warpgroups) in new[] { (16, 1), (80, 2) })
        {
            Check(type.Element(), columns, form, acrossW, depth, warpgroups);
        }
    }

    private void Check(ElementType type, int columns, Form form, bool acrossW, int depth, int warpgroups)
    {
        int count = Grid * warpgroups;
        using Tensor x = TestTensors.Normal([count, Rows, depth], seed: 1, device, type);
        using Tensor w = TestTensors.Normal([count, columns, depth], seed: 2, device, type);
        using Tensor y = Tensor.Empty([count, Rows, columns], ElementType.Float32, device);
        int wholeColumns = (columns + 63) / 64 * 64;
        int shared = 1024 + (warpgroups * (Rows + wholeColumns) * ((depth + 63) / 64 * 128));
        device.Load(s_source, type, Variant(columns, form, acrossW)).Kernel("WgmmaProduct").Launch(
            new LaunchShape(Grid, 1, 1, 128 * warpgroups, shared), x, w, y, depth);

        (double[] left, double[] right) = (x.ToDoubles(), w.ToDoubles());
        double[] expected = new double[count * Rows * columns];
        for (int index = 0; index < expected.Length; index++)
        {
            (int product, int row, int column) = (index / columns / Rows, index / columns, index % columns);
            for (int k = 0; k < depth; k++)
            {
                expected[index] += left[(row * depth) + k] * right[(((product * columns) + column) * depth) + k];
            }
        }

        Expect.CloseSums(y, expected, $"{depth} deep, {warpgroups} warpgroups");
    }

    private static string Variant(int columns, Form form, bool acrossW) =>
        $"ProductColumns={columns};XAcross={(form == Form.Across ? 1 : 0)};"
        + $"XInRegisters={(form == Form.InRegisters ? 1 : 0)};WAcross={(acrossW ? 1 : 0)}";
}
