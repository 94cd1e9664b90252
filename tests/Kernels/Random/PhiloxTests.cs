using GenKernels.Kernels.Random;

namespace GenKernels.Tests.Kernels.RandomNumbers;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class PhiloxTests(Device device)
{
    // Test vectors published by the authors of the generator: zeros, ones, and the digits of pi.
    private static readonly object[] s_knownAnswers =
    [
        new object[] { 0ul, 0ul, 0ul, new uint[] { 0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8 } },
        new object[]
        {
            ulong.MaxValue, ulong.MaxValue, ulong.MaxValue,
            new uint[] { 0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD },
        },
        new object[]
        {
            0x299F31D0_A4093822ul, 0x85A308D3_243F6A88ul, 0x03707344_13198A2Eul,
            new uint[] { 0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1 },
        },
    ];

    [TestCaseSource(nameof(s_knownAnswers))]
    public void BitsAreThePublishedOnes(ulong key, ulong low, ulong high, uint[] expected)
    {
        using Tensor state = Tensor.From([(long)key, (long)low, (long)high], [3], device);
        using Tensor y = Tensor.Empty([4], ElementType.Int32, device);
        Philox.Bits(state, y);
        Assert.That(Array.ConvertAll(y.ToArray<int>(), word => (uint)word), Is.EqualTo(expected));
    }

    [Test]
    public void BitsAreThoseOfTheFormula([Values(1, 3, 4, 5, 4095, 4096, 4097, 10000)] int count)
    {
        using Tensor state = Tensor.From([77L << 33, 5L, 9L], [3], device);
        using Tensor y = Tensor.Empty([count], ElementType.Int32, device);
        Philox.Bits(state, y);
        int[] actual = y.ToArray<int>();
        for (int index = 0; index < count; index++)
        {
            uint expected = Word(77ul << 33, 5ul + (ulong)(index / 4), 9, index % 4);
            Assert.That((uint)actual[index], Is.EqualTo(expected), $"element {index}");
        }
    }

    [Test]
    public void UniformIsTheUpperBitsOfTheWord([Values] FloatType type)
    {
        int bits = type switch { FloatType.Float16 => 11, FloatType.BFloat16 => 8, _ => 24 };
        using Tensor state = Tensor.From([3L, 0L, 0L], [3], device);
        using Tensor y = Tensor.Empty([37], type.Element(), device);
        Philox.Uniform(state, y);
        double[] actual = y.ToDoubles();
        for (int index = 0; index < actual.Length; index++)
        {
            double expected = (Word(3, (ulong)(index / 4), 0, index % 4) >> (32 - bits)) / Math.Pow(2, bits);
            Assert.That(actual[index], Is.EqualTo(expected), $"element {index}");
        }
    }

    [Test]
    public void NormalIsBoxAndMullerOfPairsOfWords([Values] FloatType type)
    {
        using Tensor state = Tensor.From([3L, 0L, 0L], [3], device);
        using Tensor y = Tensor.Empty([39], type.Element(), device);
        Philox.Normal(state, y);
        double[] expected = new double[39];
        for (int index = 0; index < expected.Length; index++)
        {
            ulong counter = (ulong)(index / 4);
            int pair = index % 4 / 2 * 2;
            double u = (Word(3, counter, 0, pair) + 0.5) / Math.Pow(2, 32);
            double angle = 2 * Math.PI * Word(3, counter, 0, pair + 1) / Math.Pow(2, 32);
            expected[index] = Math.Sqrt(-2 * Math.Log(u)) * (index % 2 == 0 ? Math.Cos(angle) : Math.Sin(angle));
        }

        Expect.Close(y, expected);
    }

    [TestCase(-3, 3)]
    [TestCase(7, 7)]
    [TestCase(int.MinValue, int.MaxValue)]
    public void IntegersAreTheWordScaledToTheRange(int low, int high)
    {
        using Tensor state = Tensor.From([3L, 0L, 0L], [3], device);
        using Tensor y = Tensor.Empty([101], ElementType.Int32, device);
        Philox.Integers(state, y, low, high);
        int[] actual = y.ToArray<int>();
        for (int index = 0; index < actual.Length; index++)
        {
            UInt128 word = Word(3, (ulong)(index / 4), 0, index % 4);
            long expected = low + (long)((word * (UInt128)((long)high - low + 1)) >> 32);
            Assert.That(actual[index], Is.EqualTo(expected), $"element {index}");
        }
    }

    [Test]
    public void ADrawAdvancesTheCounterByAQuarterOfItsLength()
    {
        using Tensor state = Tensor.From([1L, 10L, 0L], [3], device);
        using Tensor y = Tensor.Empty([9], ElementType.Float32, device);
        Philox.Normal(state, y);
        Assert.That(state.ToArray<long>(), Is.EqualTo(new[] { 1L, 13L, 0L }));
    }

    [Test]
    public void RejectsARangeUpsideDown()
    {
        using Tensor state = Tensor.From([1L, 0L, 0L], [3], device);
        using Tensor y = Tensor.Empty([9], ElementType.Int32, device);
        Assert.That(
            () => Philox.Integers(state, y, 3, 2),
            Throws.InstanceOf<ArgumentException>().With.Message.Contains("3 to 2"));
    }

    [Test]
    public void RejectsAStateOfTwo()
    {
        using Tensor state = Tensor.From([1L, 0L], [2], device);
        using Tensor y = Tensor.Empty([9], ElementType.Float32, device);
        Assert.That(
            () => Philox.Uniform(state, y), Throws.TypeOf<ShapeException>().With.Message.Contains("[3], got [2]"));
    }

    private static uint Word(ulong key, ulong low, ulong high, int index)
    {
        uint[] c = [(uint)low, (uint)(low >> 32), (uint)high, (uint)(high >> 32)];
        for (uint round = 0; round < 10; round++)
        {
            ulong even = 0xD2511F53ul * c[0];
            ulong odd = 0xCD9E8D57ul * c[2];
            uint k0 = unchecked((uint)key + (round * 0x9E3779B9u));
            uint k1 = unchecked((uint)(key >> 32) + (round * 0xBB67AE85u));
            c = [(uint)(odd >> 32) ^ c[1] ^ k0, (uint)odd, (uint)(even >> 32) ^ c[3] ^ k1, (uint)even];
        }

        return c[index];
    }
}
