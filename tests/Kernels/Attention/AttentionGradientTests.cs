using GenKernels.Autograd;
using GenKernels.Kernels.Attention;
using Attentions = GenKernels.Kernels.Attention.Attention;

namespace GenKernels.Tests.Kernels.Attention;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class AttentionGradientTests(Device device)
{
    private static AttentionSetting[] Settings => AttentionSetting.All;

    [TestCaseSource(nameof(Settings))]
    public void GradientsMatchTheFormula(AttentionSetting setting)
    {
        using TensorScope scope = device.Scope();
        foreach (FloatType type in Enum.GetValues<FloatType>())
        {
            Tensor[] x = Inputs(setting, type.Element());
            double[][] values = Array.ConvertAll(x, tensor => tensor.ToDoubles());
            (double[] dq, double[] dk, double[] dv) = setting.Gradients(values[0], values[1], values[2], values[3]);
            Tensor[] actual = Fused(x, setting.Options);
            Expect.CloseSums(actual[0], dq, $"dq in {type}");
            Expect.CloseSums(actual[1], dk, $"dk in {type}");
            Expect.CloseSums(actual[2], dv, $"dv in {type}");
        }
    }

    [Test]
    public void TheComposedFormHasTheSameGradients([Values] bool isCausal)
    {
        using TensorScope scope = device.Scope();
        AttentionSetting setting = new(2, 9, 13, 3, 10, isCausal);
        Tensor[] x = Inputs(setting, ElementType.Float64);
        Variable[] leaves = Array.ConvertAll(x[..3], tensor => new Variable(tensor, requiresGradient: true));
        Variable[] composed = Gradient.Of(
            leaves[0].ComposedAttention(leaves[1], leaves[2], setting.Options), leaves, new Variable(x[3]));
        Variable[] differentiable = Gradient.Of(
            leaves[0].Attention(leaves[1], leaves[2], setting.Options), leaves, new Variable(x[3]),
            differentiable: true);
        Tensor[] fused = Fused(x, setting.Options);
        for (int index = 0; index < 3; index++)
        {
            Expect.CloseSums(fused[index], composed[index].Value.ToDoubles());
            Expect.CloseSums(differentiable[index].Value, composed[index].Value.ToDoubles());
        }
    }

    [Test]
    public void TheGradientOfAGradientCanBeRecorded([Values] bool isCausal)
    {
        using TensorScope scope = device.Scope();
        AttentionSetting setting = new(1, 3, 5, 2, 4, isCausal);
        Tensor[] x = Inputs(setting, ElementType.Float32);
        Tensor result = Tensor.Zeros(x[0].Shape, ElementType.Float32, device);
        using RecordedStep step = RecordedStep.Record(device, Penalise);
        step.Replay();
        float[] replayed = result.ToArray<float>();
        Penalise();
        Assert.That(replayed, Has.Some.Not.Zero);
        Assert.That(replayed, Is.EqualTo(result.ToArray<float>()));

        void Penalise()
        {
            Variable q = new(x[0], requiresGradient: true);
            Variable y = q.Attention(new Variable(x[1]), new Variable(x[2]), setting.Options);
            Variable first = Gradient.Of(y, [q], new Variable(x[3]), differentiable: true)[0];
            result.CopyFrom(Gradient.Of(first.Square().Sum(), q).Value);
        }
    }

    /// <summary>As for the forward pass: the yardstick is matrix products and a softmax rounded at every
    /// step.</summary>
    [Test]
    public void LowPrecisionIsNoWorseThanThePlainWay(
        [Values(FloatType.Float16, FloatType.BFloat16)] FloatType type, [Values] bool isCausal)
    {
        using TensorScope scope = device.Scope();
        AttentionSetting setting = new(1, 70, 70, 2, 40, isCausal);
        Tensor[] x = Inputs(setting, type.Element());
        double[][] values = Array.ConvertAll(x, tensor => tensor.ToDoubles());
        (double[] dq, double[] dk, double[] dv) = setting.Gradients(values[0], values[1], values[2], values[3]);
        Variable[] leaves = Array.ConvertAll(x[..3], tensor => new Variable(tensor, requiresGradient: true));
        Variable[] plain = Gradient.Of(
            leaves[0].ComposedAttention(leaves[1], leaves[2], setting.Options), leaves, new Variable(x[3]));
        Tensor[] fused = Fused(x, setting.Options);
        double[][] exact = [dq, dk, dv];
        for (int index = 0; index < 3; index++)
        {
            double allowed = 2 * LargestError(plain[index].Value, exact[index]);
            Assert.That(LargestError(fused[index], exact[index]), Is.LessThanOrEqualTo(allowed), $"gradient {index}");
        }
    }

    [Test]
    public void OnlyWhatIsAskedForIsReturned()
    {
        using TensorScope scope = device.Scope();
        Tensor[] x = Inputs(new AttentionSetting(1, 4, 5, 1, 3), ElementType.Float32);
        Variable keys = new(x[1], requiresGradient: true);
        Variable y = new Variable(x[0]).Attention(keys, new Variable(x[2]), AttentionOptions.For(3));
        Assert.That(Gradient.Of(y, keys).Shape, Is.EqualTo(keys.Shape));
    }

    [Test]
    public void WithoutKeysNothingFlows()
    {
        using TensorScope scope = device.Scope();
        Tensor[] x = Inputs(new AttentionSetting(1, 4, 0, 1, 3), ElementType.Float32);
        Tensor[] gradients = Fused(x, AttentionOptions.For(3));
        Assert.That(gradients[0].ToDoubles(), Has.All.Zero);
        Assert.That(gradients[1].Shape, Is.EqualTo(x[1].Shape));
    }

    [Test]
    public void RejectsRowsOfAnotherType()
    {
        using TensorScope scope = device.Scope();
        Tensor x = Tensor.Zeros([1, 2, 1, 3], ElementType.Float32, device);
        Tensor rows = Tensor.Zeros([1, 1, 2], ElementType.Float64, device);
        Assert.That(
            () => AttentionGradient.Forward(x, x, x, x, rows, x, AttentionOptions.For(3)),
            Throws.TypeOf<ShapeException>().With.Message.Contains("logSumExp must hold Float32"));
    }

    [Test]
    public void RejectsAGradientOfAnotherShape()
    {
        using TensorScope scope = device.Scope();
        Tensor x = Tensor.Zeros([1, 2, 1, 3], ElementType.Float32, device);
        Tensor dy = Tensor.Zeros([1, 3, 1, 3], ElementType.Float32, device);
        Tensor rows = Tensor.Zeros([1, 1, 2], ElementType.Float32, device);
        Assert.That(
            () => AttentionGradient.Forward(x, x, x, x, rows, dy, AttentionOptions.For(3)),
            Throws.TypeOf<ShapeException>().With.Message.Contains("q and dy must agree in shape, type and device"));
    }

    private static double LargestError(Tensor actual, double[] exact) =>
        actual.ToDoubles().Zip(exact, (a, b) => Math.Abs(a - b)).Max();

    private static Tensor[] Fused(Tensor[] x, AttentionOptions options)
    {
        (Tensor y, Tensor rows) = Attentions.Forward(x[0], x[1], x[2], options);
        (Tensor dq, Tensor dk, Tensor dv) = AttentionGradient.Forward(x[0], x[1], x[2], y, rows, x[3], options);
        return [dq, dk, dv];
    }

    private Tensor[] Inputs(AttentionSetting setting, ElementType type) =>
    [
        TestTensors.Normal(setting.QueryShape, seed: 1, device, type),
        TestTensors.Normal(setting.KeyShape, seed: 2, device, type),
        TestTensors.Normal(setting.KeyShape, seed: 3, device, type),
        TestTensors.Normal(setting.QueryShape, seed: 4, device, type),
    ];
}
