using GenKernels.Autograd;
using GenKernels.Kernels.Attention;
using Attentions = GenKernels.Kernels.Attention.Attention;

namespace GenKernels.Tests.Kernels.Attention;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class AttentionTests(Device device)
{
    private static AttentionSetting[] Settings => AttentionSetting.All;

    [TestCaseSource(nameof(Settings))]
    public void ForwardMatchesTheFormula(AttentionSetting setting)
    {
        using TensorScope scope = device.Scope();
        foreach (FloatType type in Enum.GetValues<FloatType>())
        {
            Tensor[] inputs = Inputs(setting, type.Element());
            (Tensor y, Tensor rows) = Attentions.Forward(inputs[0], inputs[1], inputs[2], setting.Options);
            Assert.That((y.Shape, y.Type), Is.EqualTo((setting.QueryShape, type.Element())));
            double[][] values = Array.ConvertAll(inputs, x => x.ToDoubles());
            (double[] expected, double[] expectedRows) = setting.Forward(values[0], values[1], values[2]);
            Expect.CloseSums(y, expected, "y");
            Expect.CloseSums(rows, expectedRows, "logSumExp");
        }
    }

    /// <summary>In 16 bits, the kernel must not be worse than matrix products and a softmax rounded at every step, with
    /// an allowance for the rounding of its weights.</summary>
    [Test]
    public void LowPrecisionIsNoWorseThanThePlainWay(
        [Values(FloatType.Float16, FloatType.BFloat16)] FloatType type, [Values] bool isCausal)
    {
        using TensorScope scope = device.Scope();
        AttentionSetting setting = new(1, 70, 70, 2, 40, isCausal);
        Tensor[] inputs = Inputs(setting, type.Element());
        double[][] values = Array.ConvertAll(inputs, x => x.ToDoubles());
        double[] exact = setting.Forward(values[0], values[1], values[2]).Y;
        Variable[] leaves = Array.ConvertAll(inputs, x => new Variable(x));
        double plain = LargestError(
            leaves[0].ComposedAttention(leaves[1], leaves[2], setting.Options).Value, exact);
        double fused = LargestError(leaves[0].Attention(leaves[1], leaves[2], setting.Options).Value, exact);
        Assert.That(fused, Is.LessThanOrEqualTo(2 * plain));
    }

    [Test]
    public void LargeLogitsNeitherOverflowNorVanish([Values] FloatType type)
    {
        double[] large = [100, 0, -100, 0];
        using Tensor q = TestTensors.From(large, [1, 2, 1, 2], device, type.Element());
        using Tensor v = TestTensors.From([1, 2, 3, 4], [1, 2, 1, 2], device, type.Element());
        (Tensor y, Tensor rows) = Attentions.Forward(q, q, v, new AttentionOptions(1));
        using (y)
        using (rows)
        {
            Assert.That(y.ToDoubles(), Is.EqualTo(new double[] { 1, 2, 3, 4 }));
            Expect.Close(rows, [10000, 10000]);
        }
    }

    [Test]
    public void NotANumberReachesOnlyWhatSeesIt()
    {
        double[] values = [.. Enumerable.Repeat(0.5, 6)];
        using Tensor q = TestTensors.From(values, [1, 3, 1, 2], device, ElementType.Float32);
        using Tensor k = TestTensors.From([.. values[..2], double.NaN, .. values[3..]], q.Shape, device, q.Type);
        (Tensor y, Tensor rows) = Attentions.Forward(q, k, q, new AttentionOptions(1, IsCausal: true));
        using (y)
        using (rows)
        {
            bool[] isLost = [.. y.ToDoubles().Select(double.IsNaN)];
            Assert.That(isLost, Is.EqualTo(new[] { false, false, true, true, true, true }));
        }
    }

    [Test]
    public void WithoutKeysTheMeanIsZero()
    {
        using Tensor q = Tensor.Zeros([2, 3, 1, 4], ElementType.Float32, device);
        using Tensor k = Tensor.Zeros([2, 0, 1, 4], ElementType.Float32, device);
        (Tensor y, Tensor rows) = Attentions.Forward(q, k, k, new AttentionOptions(1));
        using (y)
        using (rows)
        {
            Assert.That(y.ToDoubles(), Has.All.Zero);
            Assert.That(rows.ToDoubles(), Has.All.EqualTo(double.NegativeInfinity));
        }
    }

    [Test]
    public void MemoryIsLinearInTokens()
    {
        // Eight times the tokens; logit matrices would take 64 times the memory. The host may keep partial sums.
        long few = Peak(64), many = Peak(512);
        Assert.That(many, Is.LessThanOrEqualTo(16 * few));
    }

    [Test]
    public void RejectsAnotherRank() =>
        Assert.That(
            () => Launch([2, 3, 4], [2, 3, 4], [2, 3, 4]),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                "AttentionPlan: queries must be [N, L, Heads, D], got [2, 3, 4]"));

    [Test]
    public void RejectsOtherHeads() =>
        Assert.That(
            () => Launch([2, 3, 4, 5], [2, 7, 2, 5], [2, 7, 2, 5]),
            Throws.TypeOf<ShapeException>().With.Message.Contains("k must have shape [2, *, 4, 5], got [2, 7, 2, 5]"));

    [Test]
    public void RejectsFewerValuesThanKeys() =>
        Assert.That(
            () => Launch([2, 3, 4, 5], [2, 7, 4, 5], [2, 6, 4, 5]),
            Throws.TypeOf<ShapeException>().With.Message.Contains("v must have shape [2, 7, 4, 5], got [2, 6, 4, 5]"));

    [Test]
    public void RejectsAHeadOfTooManyChannels([Values(0, 513)] int channels) =>
        Assert.That(
            () => Launch([1, 1, 1, channels], [1, 1, 1, channels], [1, 1, 1, channels]),
            Throws.TypeOf<ShapeException>().With.Message.Contains(
                $"a head must have 1 to 512 channels, got {channels} in [1, 1, 1, {channels}]"));

    [Test]
    public void RejectsAScaleThatIsNoNumber([Values(0, -1, float.NaN, float.PositiveInfinity)] float scale) =>
        Assert.That(
            () => Launch([1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1], scale),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("must be positive and finite"));

    [Test]
    public void RejectsTwoTypes()
    {
        using Tensor q = Tensor.Zeros([1, 1, 1, 1], ElementType.Float32, device);
        using Tensor k = Tensor.Zeros([1, 1, 1, 1], ElementType.Float64, device);
        Assert.That(
            () => Attentions.Forward(q, k, k, new AttentionOptions(1)),
            Throws.ArgumentException.With.Message.Contains("q and k must agree in type and device"));
    }

    private static double LargestError(Tensor actual, double[] exact) =>
        actual.ToDoubles().Zip(exact, (a, b) => Math.Abs(a - b)).Max();

    private Tensor[] Inputs(AttentionSetting setting, ElementType type) =>
    [
        TestTensors.Normal(setting.QueryShape, seed: 1, device, type),
        TestTensors.Normal(setting.KeyShape, seed: 2, device, type),
        TestTensors.Normal(setting.KeyShape, seed: 3, device, type),
    ];

    private void Launch(Shape q, Shape k, Shape v, float scale = 1)
    {
        using Tensor queries = Tensor.Zeros(q, ElementType.Float32, device);
        using Tensor keys = Tensor.Zeros(k, ElementType.Float32, device);
        using Tensor values = Tensor.Zeros(v, ElementType.Float32, device);
        Attentions.Forward(queries, keys, values, new AttentionOptions(scale));
    }

    /// <returns>Peak bytes in use during forward and backward, beyond those in use before.</returns>
    private long Peak(int tokens)
    {
        using TensorScope scope = device.Scope();
        Variable x = new(TestTensors.Normal([1, tokens, 1, 4], seed: 1, device), requiresGradient: true);
        long before = device.Memory.Statistics().Live;
        device.Memory.ResetPeak();
        Gradient.Of(x.Attention(x, x, AttentionOptions.For(4)), x);
        return device.Memory.Statistics().Peak - before;
    }
}
