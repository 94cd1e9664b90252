namespace GenKernels.Tests.Kernels.Common;

/// <summary>Each wrapper of <c>Mma.cuh</c> against plain arithmetic.</summary>
[TestFixtureSource(nameof(Devices))]
public sealed class MmaTests(Device device)
{
    private const int Grid = 3;

    private static readonly KernelSource s_source = new(
        "Probes/Mma.cu", typeof(MmaTests).Assembly,
        [ElementType.Float32, ElementType.Float16, ElementType.BFloat16]);

    /// <summary>All devices but the host, whose warp is one thread.</summary>
    private static IEnumerable<TestFixtureData> Devices() =>
        TestDevices.All().Where(data => data.Arguments[0] is not Device { WarpSize: 1 });

    [Test]
    public void FragmentsMultiplyAsMatricesDo(
        [Values(FloatType.Float32, FloatType.Float16, FloatType.BFloat16)] FloatType type, [Values(16, 48)] int depth,
        [Values(1, 3)] int warps)
    {
        int count = Grid * warps;
        using Tensor x = TestTensors.Normal([count, 16, depth], seed: 1, device, type.Element());
        using Tensor w = TestTensors.Normal([count, 8, depth], seed: 2, device, type.Element());
        using Tensor y = Tensor.Empty([count, 16, 8], ElementType.Float32, device);
        Load(type, "MmaProduct").Launch(new LaunchShape(Grid, 1, 1, 32 * warps), x, w, y, depth);

        double[] left = Array.ConvertAll(x.ToDoubles(), value => Stored(value, type));
        double[] right = Array.ConvertAll(w.ToDoubles(), value => Stored(value, type));
        double[] expected = new double[count * 16 * 8];
        for (int index = 0; index < expected.Length; index++)
        {
            (int row, int column) = (index / 8, (index / 128 * 8) + (index % 8));
            for (int k = 0; k < depth; k++) expected[index] += left[(row * depth) + k] * right[(column * depth) + k];
        }

        Expect.CloseSums(y, expected);
    }

    [Test]
    public void MatricesAreSpreadOverTheLanes(
        [Values(FloatType.Float32, FloatType.Float16)] FloatType type)
    {
        int rowLength = 16 / type.Element().Size();
        using Tensor x = TestTensors.Normal([Grid, 32, rowLength], seed: 3, device, type.Element());
        using Tensor y = Tensor.Empty([Grid, 14, 32], ElementType.Int32, device);
        Load(type, "MmaLoad").Launch(new LaunchShape(Grid, 1, 1, 32), x, y);

        byte[] bytes = Bytes(x);
        int[] actual = y.ToArray<int>();
        for (int block = 0; block < Grid; block++)
        {
            for (int register = 0; register < 14; register++)
            {
                // Of ldmatrix with 1, 2 and 4 matrices: registers 0, 1 to 2, 3 to 6; transposed, seven later.
                int matrix = (register % 7) switch { < 1 => 0, < 3 => (register % 7) - 1, _ => (register % 7) - 3 };
                for (int lane = 0; lane < 32; lane++)
                {
                    int start = ((block * 32) + (matrix * 8)) * 16;
                    int expected = register < 7
                        ? BitConverter.ToInt32(bytes, start + (lane / 4 * 16) + (lane % 4 * 4))
                        : BitConverter.ToUInt16(bytes, start + (lane % 4 * 32) + (lane / 4 * 2))
                            | (BitConverter.ToUInt16(bytes, start + (lane % 4 * 32) + 16 + (lane / 4 * 2)) << 16);
                    int index = (((block * 14) + register) * 32) + lane;
                    Assert.That(actual[index], Is.EqualTo(expected), $"register {register}, lane {lane}");
                }
            }
        }
    }

    [Test]
    public void CopiesBringChunksAndZeros([Values(1, 32, 100)] int block, [Values(1, 2, 7)] int rounds)
    {
        byte[] values = new byte[Grid * rounds * block * 16];
        new Random(4).NextBytes(values);
        int[] flags = [.. Enumerable.Range(0, block).Select(thread => thread % 3 % 2)];
        using Tensor x = Tensor.From(values, [values.Length], device);
        using Tensor isThere = Tensor.From(flags, [block], device);
        using Tensor y = Tensor.Empty([values.Length], ElementType.UInt8, device);
        LaunchShape shape = new(Grid, 1, 1, block, SharedBytes: 3 * 16 * block);
        Load(FloatType.Float32, "MmaCopy").Launch(shape, x, isThere, y, rounds);
        byte[] expected =
            [.. values.Select((value, index) => flags[index / 16 % block] != 0 ? value : (byte)0)];
        Assert.That(y.ToArray<byte>(), Is.EqualTo(expected));
    }

    [Test]
    public void FloatsAreRoundedToTheNearestOfTenBits()
    {
        float[] values =
        [
            1, -1, 1 + (1 / 2048f), 1 + (1 / 4096f), -1 - (1 / 2048f), 1 + (3 / 2048f), 3.14159274f, 0, 1.9999f,
            float.PositiveInfinity, float.NegativeInfinity, 1e-30f, -12345.678f,
        ];
        using Tensor x = Tensor.From(values, [values.Length], device);
        using Tensor y = Tensor.Empty([values.Length], ElementType.Int32, device);
        Load(FloatType.Float32, "MmaRound").Launch(new LaunchShape(1, 1, 1, values.Length), x, y);
        double[] actual = [.. y.ToArray<int>().Select(bits => (double)BitConverter.Int32BitsToSingle(bits))];
        Assert.That(actual, Is.EqualTo(values.Select(value => Tf32.Rounded(value))));
    }

    [Test]
    public void TwoElementsArePackedTheFirstInTheLowerHalf(
        [Values(FloatType.Float16, FloatType.BFloat16)] FloatType type)
    {
        using Tensor x = TestTensors.Normal([32], seed: 5, device);
        using Tensor y = Tensor.Empty([32], ElementType.Int32, device);
        Load(type, "MmaRound").Launch(new LaunchShape(1, 1, 1, 32), x, y);
        (double[] values, int[] actual) = (x.ToDoubles(), y.ToArray<int>());
        using Tensor rounded = TestTensors.From(values, [32], device, type.Element());
        byte[] bytes = Bytes(rounded);
        int[] expected = [.. Enumerable.Range(0, 32).Select(index =>
            BitConverter.ToUInt16(bytes, 2 * index) | (BitConverter.ToUInt16(bytes, 2 * (index + 1) % 64) << 16))];
        Assert.That(actual, Is.EqualTo(expected));
    }

    [Test]
    public void ElementsAreMultipliedOneByOneAndRoundedOnce(
        [Values(FloatType.Float32, FloatType.Float16, FloatType.BFloat16)] FloatType type)
    {
        // Few significant bits, so that no factor is rounded; the products have more than the types keep.
        float[] values = [.. Enumerable.Range(0, 32).Select(index => (index - 15) * 1.0625f)];
        using Tensor x = Tensor.From(values, [32], device);
        using Tensor y = Tensor.Empty([32], ElementType.Int32, device);
        Load(type, "MmaEach").Launch(new LaunchShape(1, 1, 1, 32), x, y);
        double[] products = [.. values.Select((value, index) =>
            Tf32.Rounded((double)value * values[(index + 1) % 32], type.Element()))];
        int[] bits = y.ToArray<int>();
        for (int lane = 0; lane < 32; lane++)
        {
            if (type == FloatType.Float32)
            {
                Assert.That(BitConverter.Int32BitsToSingle(bits[lane]), Is.EqualTo(products[lane]));
                continue;
            }

            Assert.That(Element(type, bits[lane] & 0xFFFF), Is.EqualTo(products[lane]));
            Assert.That(Element(type, bits[lane] >>> 16), Is.EqualTo(products[(lane + 1) % 32]));
        }
    }

    private static double Element(FloatType type, int bits) => type == FloatType.Float16
        ? (double)BitConverter.UInt16BitsToHalf((ushort)bits) : (float)new BFloat16((ushort)bits);

    private static double Stored(double value, FloatType type) =>
        type == FloatType.Float32 ? Tf32.Rounded(value) : value;

    private static byte[] Bytes(Tensor x) => x.Type switch
    {
        ElementType.Float32 => [.. x.ToArray<float>().SelectMany(BitConverter.GetBytes)],
        ElementType.Float16 => [.. x.ToArray<Half>().SelectMany(BitConverter.GetBytes)],
        _ => [.. x.ToArray<BFloat16>().SelectMany(value => BitConverter.GetBytes(value.Bits))],
    };

    private Kernel Load(FloatType type, string name) => device.Load(s_source, type.Element()).Kernel(name);
}
