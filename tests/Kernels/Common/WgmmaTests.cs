namespace GenKernels.Tests.Kernels.Common;

/// <summary>Warpgroup products (WGMMA) against plain arithmetic, with operands laid out element by element.</summary>
[TestFixtureSource(nameof(Devices))]
public sealed class WgmmaTests(Device device)
{
    private const int Rows = 64;
    private const int Grid = 2;

    private static readonly KernelSource s_source = new(
        "Probes/Wgmma.cu", typeof(WgmmaTests).Assembly, [ElementType.Float16, ElementType.BFloat16],
        [
            .. Forms().Select(form => Variant(form.Columns, form.X, form.IsWNMajor)),
        ]);

    /// <summary>Where x lies: in shared memory, K-major or M-major, or in registers.</summary>
    public enum Layout { KMajor, MMajor, InRegisters }

    /// <summary>The devices with warpgroup products.</summary>
    internal static IEnumerable<TestFixtureData> Devices() =>
        TestDevices.All().Where(data => data.Arguments[0] is not Device { HasWarpgroupProducts: false });

    [Test]
    public void WarpgroupsMultiplyAsMatricesDo(
        [Values(FloatType.Float16, FloatType.BFloat16)] FloatType type,
        [ValueSource(nameof(Forms))] (int Columns, Layout X, bool IsWNMajor) form)
    {
        foreach ((int depth, int warpgroups) in new[] { (16, 1), (80, 2) })
        {
            Check(type.Element(), form.Columns, form.X, form.IsWNMajor, depth, warpgroups);
        }
    }

    /// <summary>All forms for one width; for the other widths those of matrix products and of attention.</summary>
    private static IEnumerable<(int Columns, Layout X, bool IsWNMajor)> Forms() =>
    [
        .. from x in Enum.GetValues<Layout>()
           from isWNMajor in new[] { false, true }
           select (64, x, isWNMajor),
        .. from columns in new[] { 128, 160, 256 }
           from x in new[] { Layout.KMajor, Layout.MMajor }
           from isWNMajor in new[] { false, true }
           select (columns, x, isWNMajor),
        .. from columns in new[] { 40, 80, 160 } select (columns, Layout.InRegisters, true),
    ];

    private void Check(ElementType type, int columns, Layout layout, bool isWNMajor, int depth, int warpgroups)
    {
        int count = Grid * warpgroups;
        using Tensor x = TestTensors.Normal([count, Rows, depth], seed: 1, device, type);
        using Tensor w = TestTensors.Normal([count, columns, depth], seed: 2, device, type);
        using Tensor y = Tensor.Empty([count, Rows, columns], ElementType.Float32, device);
        int wholeColumns = (columns + 63) / 64 * 64;
        int shared = 1024 + (warpgroups * (Rows + wholeColumns) * ((depth + 63) / 64 * 128));
        device.Load(s_source, type, Variant(columns, layout, isWNMajor)).Kernel("WgmmaProduct").Launch(
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

    private static string Variant(int columns, Layout x, bool isWNMajor) =>
        $"ProductColumns={columns};XMMajor={(x == Layout.MMajor ? 1 : 0)};"
        + $"XInRegisters={(x == Layout.InRegisters ? 1 : 0)};WNMajor={(isWNMajor ? 1 : 0)}";
}
