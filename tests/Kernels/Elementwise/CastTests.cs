using GenKernels.Kernels.Elementwise;

namespace GenKernels.Tests.Kernels.Elementwise;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class CastTests(Device device)
{
    [Test]
    public void WhatBothTypesHoldIsKept([Values] ElementType from, [Values] ElementType to)
    {
        foreach (int count in new[] { 0, 1, 33, 4097 })
        {
            using Tensor x = Integers(count, from);
            using Tensor expected = Integers(count, to);
            using Tensor y = Cast.Forward(x, to);
            Assert.That((y.Shape, y.Type), Is.EqualTo((x.Shape, to)));
            Assert.That(Bytes(y), Is.EqualTo(Bytes(expected)), $"{count} elements");
        }
    }

    [Test]
    public void FloatsAreScaledBeforeTheyAreRounded([Values] FloatType from, [Values] FloatType to)
    {
        const float scale = 0.3f;
        using TensorScope scope = device.Scope();
        Tensor x = TestTensors.Normal([4097], seed: 1, device, from.Element());
        Tensor y = Cast.Forward(x, to.Element(), scale);
        double accuracy = Math.Max(
            from == FloatType.Float64 ? 0 : Tolerance.Float32, Tolerance.For(to.Element()));
        Assert.That(y.ToDoubles(), Is.EqualTo(x.ToDoubles().Select(value => value * scale)).Within(accuracy));
    }

    [Test]
    public void IntegersAreNotScaled()
    {
        using Tensor x = Integers(3, ElementType.Int32);
        Assert.That(
            () => Cast.Forward(x, ElementType.Float32, 2),
            Throws.ArgumentException.With.Message.StartsWith("Cast: x must hold floats"));
    }

    [Test]
    public void SinglesAreRoundedToTheNearestHalf()
    {
        float[] values = Hard();
        using Tensor x = Tensor.From(values, [values.Length], device);
        using Tensor y = Cast.Forward(x, ElementType.Float16);
        Half[] expected = Array.ConvertAll(values, value => (Half)value);
        Assert.That(y.ToArray<Half>().Where(value => !Half.IsNaN(value)), Is.EqualTo(expected[..^1]));
        Assert.That(Half.IsNaN(y.ToArray<Half>()[^1]), Is.True);
    }

    [Test]
    public void SinglesAreRoundedToTheNearestBrainFloat()
    {
        float[] values = Hard();
        using Tensor x = Tensor.From(values, [values.Length], device);
        using Tensor y = Cast.Forward(x, ElementType.BFloat16);
        float[] actual = Array.ConvertAll(y.ToArray<BFloat16>(), value => (float)value);
        for (int index = 0; index < values.Length - 1; index++)
        {
            // The upper half of the bits, rounded to nearest, ties to even; a carry propagates up to infinity.
            uint bits = BitConverter.SingleToUInt32Bits(values[index]);
            uint rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000;
            Assert.That(BitConverter.SingleToUInt32Bits(actual[index]), Is.EqualTo(rounded), $"{values[index]:G9}");
        }

        Assert.That(actual[^1], Is.NaN);
    }

    [Test]
    public void EveryHalfBecomesTheSameSingle()
    {
        Half[] values = [.. Enumerable.Range(0, 1 << 16).Select(bits => BitConverter.UInt16BitsToHalf((ushort)bits))];
        using Tensor x = Tensor.From(values, [values.Length], device);
        using Tensor y = Cast.Forward(x, ElementType.Float32);
        Assert.That(y.ToArray<float>(), Is.EqualTo(Array.ConvertAll(values, value => (float)value)));
    }

    [Test]
    public void LargeIntegersAreExactInDouble()
    {
        long[] values = [(1L << 53) - 1, -(1L << 53), long.MinValue, 0, 1L << 40];
        using Tensor x = Tensor.From(values, [values.Length], device);
        using Tensor y = Cast.Forward(x, ElementType.Float64);
        Assert.That(y.ToArray<double>(), Is.EqualTo(Array.ConvertAll(values, value => (double)value)));
        using Tensor back = Cast.Forward(y, ElementType.Int64);
        Assert.That(back.ToArray<long>(), Is.EqualTo(values));
    }

    /// <summary>Ties, subnormals, overflow and, last, a NaN.</summary>
    private static float[] Hard()
    {
        Random random = new(1);
        float[] drawn = [.. Enumerable.Range(0, 5_000).Select(
            _ => (float)(Math.Pow(2, random.Next(-30, 20)) * random.NextDouble()))];
        return
        [
            0, -0.0f, 1, 1.00048828125f, 1.00146484375f, 65504, 65519.99f, 65520, 1e30f, -1e30f, 5.9604645e-8f,
            2.9802322e-8f, 2.9802326e-8f, 6.097555e-5f, 6.1035156e-5f, 1.00390625f, 1.01171875f, float.PositiveInfinity,
            float.NegativeInfinity, float.MaxValue, .. drawn, .. drawn.Select(value => -value), float.NaN,
        ];
    }

    /// <summary>0 to 100, which every type represents.</summary>
    private Tensor Integers(int count, ElementType type)
    {
        int[] values = [.. Enumerable.Range(0, count).Select(index => index % 101)];
        return type switch
        {
            ElementType.Int32 => Tensor.From(values, [count], device),
            ElementType.Int64 => Tensor.From(Array.ConvertAll(values, value => (long)value), [count], device),
            ElementType.UInt8 => Tensor.From(Array.ConvertAll(values, value => (byte)value), [count], device),
            _ => TestTensors.From(Array.ConvertAll(values, value => (double)value), [count], device, type),
        };
    }

    private static byte[] Bytes(Tensor tensor)
    {
        byte[] bytes = new byte[tensor.Bytes];
        tensor.Device.CopyToHost(tensor.Address, bytes);
        return bytes;
    }
}
