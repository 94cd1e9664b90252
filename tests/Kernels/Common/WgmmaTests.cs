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
            .. from columns in new[] { 64, 128, 256 }
               from across in Enumerable.Range(0, 4)
               select Variant(columns, across >= 2, across % 2 == 1),
        ]);

    /// <summary>Those that can.</summary>
    private static IEnumerable<TestFixtureData> Devices() =>
        TestDevices.All().Where(data => data.Arguments[0] is not Device { HasWarpgroupProducts: false });

    [Test]
    public void WarpgroupsMultiplyAsMatricesDo(
        [Values(FloatType.Float16, FloatType.BFloat16)] FloatType type, [Values(64, 128, 256)] int columns,
        [Values] bool acrossX, [Values] bool acrossW)
    {
        foreach ((int depth, int warpgroups) in new[] { (16, 1), (80, 2) })
        {
            Check(type.Element(), columns, acrossX, acrossW, depth, warpgroups);
        }
    }

    private void Check(ElementType type, int columns, bool acrossX, bool acrossW, int depth, int warpgroups)
    {
        int count = Grid * warpgroups;
        using Tensor x = TestTensors.Normal([count, Rows, depth], seed: 1, device, type);
        using Tensor w = TestTensors.Normal([count, columns, depth], seed: 2, device, type);
        using Tensor y = Tensor.Empty([count, Rows, columns], ElementType.Float32, device);
        int shared = 1024 + (warpgroups * (Rows + columns) * ((depth + 63) / 64 * 128));
        device.Load(s_source, type, Variant(columns, acrossX, acrossW)).Kernel("WgmmaProduct").Launch(
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

    private static string Variant(int columns, bool acrossX, bool acrossW) =>
        $"ProductColumns={columns};XAcross={(acrossX ? 1 : 0)};WAcross={(acrossW ? 1 : 0)}";
}
