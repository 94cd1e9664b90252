using GenKernels.Kernels.Optimization;
using GenKernels.Tests.Golden;

namespace GenKernels.Tests.Kernels.Optimization;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class AdamTests(Device device)
{
    private const string Recorded = "ops/optim_ema.safetensors";

    // From the recording's configuration; the second case is the first with the betas of lazy regularisation.
    private static readonly (double LearningRate, AdamOptions Options)[] s_recordedCases =
    [
        (0.003, new AdamOptions(0, 0.99)),
        (0.0018823529411764706, new AdamOptions(0, 0.9905854573074332)),
        (0.01, new AdamOptions()),
        (0.01, new AdamOptions(WeightDecay: 0.1)),
        (0.0001, new AdamOptions(WeightDecay: 0.01, IsDecoupled: true)),
    ];

    [Test]
    public void FiveStepsMatchTheRecordedOnes([Range(0, 4)] int index)
    {
        using TensorScope scope = device.Scope();
        using SafetensorsFile file = GoldenFiles.Open(Recorded);
        (double learningRate, AdamOptions options) = s_recordedCases[index];
        Tensor parameter = Read(file, $"case{index}.in.p0");
        Tensor firstMoment = Tensor.Zeros(parameter.Shape, ElementType.Float32, device);
        Tensor secondMoment = Tensor.Zeros(parameter.Shape, ElementType.Float32, device);
        for (int step = 1; step <= 5; step++)
        {
            Tensor schedule = Schedule(options, step, learningRate);
            Adam.Step(
                options, schedule, Read(file, $"case{index}.in.g{step - 1}"), parameter, firstMoment, secondMoment);
            AssertClose(parameter, file.ReadFloats($"case{index}.out.p{step}"));
        }

        AssertClose(firstMoment, file.ReadFloats($"case{index}.out.exp_avg"));
        AssertClose(secondMoment, file.ReadFloats($"case{index}.out.exp_avg_sq"));
    }

    [Test]
    public void AStepMatchesTheFormula([Values(1, 31, 4096, 4099)] int count, [Values(0, 1, 2)] int decay)
    {
        using TensorScope scope = device.Scope();
        AdamOptions options = new(0.8, 0.95, 1e-6, decay == 0 ? 0 : 0.2, decay == 2);
        Tensor[] x = [.. Enumerable.Range(1, 5).Select(seed => TestTensors.Normal([count], seed, device))];
        Tensor secondMoment = TestTensors.From(
            [.. x[3].ToDoubles().Select(Math.Abs)], [count], device, ElementType.Float32);
        double[][] before = [.. x.Select(tensor => tensor.ToDoubles())];
        double[] secondBefore = secondMoment.ToDoubles();
        Tensor schedule = Tensor.From(
            AdamSchedule.For(options, 3, 0.1, gradientScale: 0.5, averageWeight: 0.25), [6], device);
        Adam.Step(options, schedule, x[0], x[1], x[2], secondMoment, x[4]);
        (double[] parameter, double[] average) = (new double[count], new double[count]);
        for (int i = 0; i < count; i++)
        {
            double p = before[1][i];
            double g = (0.5 * before[0][i]) + (decay == 1 ? 0.2 * p : 0);
            if (decay == 2) p *= 1 - (0.1 * 0.2);
            double m = (0.8 * before[2][i]) + (0.2 * g);
            double v = (0.95 * secondBefore[i]) + (0.05 * g * g);
            p -= 0.1 / (1 - Math.Pow(0.8, 3)) * m / (Math.Sqrt(v / (1 - Math.Pow(0.95, 3))) + 1e-6);
            (parameter[i], average[i]) = (p, (0.75 * before[4][i]) + (0.25 * p));
        }

        Expect.Close(x[1], parameter, "parameter");
        Expect.Close(x[4], average, "average");
    }

    [Test]
    public void GradientsThatAreNoNumbersAreMadeFinite()
    {
        using TensorScope scope = device.Scope();
        AdamOptions options = new(0, 0.5);
        float[] gradients = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 2e5f, float.MaxValue];
        Tensor gradient = Tensor.From(gradients, [5], device);
        Tensor parameter = Tensor.Zeros([5], ElementType.Float32, device);
        Tensor firstMoment = Tensor.Zeros([5], ElementType.Float32, device);
        Tensor secondMoment = Tensor.Zeros([5], ElementType.Float32, device);
        Adam.Step(options, Schedule(options, 1, 0.1), gradient, parameter, firstMoment, secondMoment);
        Assert.That(firstMoment.ToArray<float>(), Is.EqualTo(new[] { 0, 1e5f, -1e5f, 2e5f, float.MaxValue }));
        Assert.That(parameter.ToArray<float>()[..3], Is.EqualTo(new[] { 0, -0.1f, 0.1f }).Within(Tolerance.Float32));
    }

    [Test]
    public void AnAverageWeightOfOneCopiesTheParameter()
    {
        using TensorScope scope = device.Scope();
        AdamOptions options = new();
        Tensor[] x = [.. Enumerable.Range(1, 3).Select(seed => TestTensors.Normal([100], seed, device))];
        Tensor firstMoment = Tensor.Zeros([100], ElementType.Float32, device);
        Tensor secondMoment = Tensor.Zeros([100], ElementType.Float32, device);
        Tensor schedule = Tensor.From(AdamSchedule.For(options, 1, 0.1, 1, averageWeight: 1), [6], device);
        Adam.Step(options, schedule, x[0], x[1], firstMoment, secondMoment, x[2]);
        Assert.That(x[2].ToArray<float>(), Is.EqualTo(x[1].ToArray<float>()));
    }

    [Test]
    public void TheDeviceMakesTheScheduleThatTheHostMakes(
        [Values(1, 2, 1000, 100_000)] int step, [Values(0, 3)] int skipped, [Values] bool isDecoupled)
    {
        using TensorScope scope = device.Scope();
        AdamOptions options = new(isDecoupled ? 0.9 : 0, 0.999, WeightDecay: 0.01, IsDecoupled: isDecoupled);
        Tensor request = Tensor.From([step + skipped, 0.003, 0.5, 0.25], [4], device);
        Tensor schedule = Tensor.Zeros([6], ElementType.Float32, device);
        Tensor before = Tensor.From([(double)skipped], [1], device);
        Adam.Schedule(options, request, Tensor.From([1024f, 7, 1, 0], [4], device), before, schedule);
        float[] expected = AdamSchedule.For(options, step, 0.003, 0.5 / 1024, 0.25);
        float[] actual = schedule.ToArray<float>();
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.That(actual[i], Is.EqualTo(expected[i]).Within(Tolerance.Float32 * expected[i]), $"number {i}");
        }

        Assert.That(before.ToArray<double>(), Is.EqualTo(new double[] { skipped }));
    }

    [Test]
    public void AStepThatIsSkippedChangesNoBit()
    {
        using TensorScope scope = device.Scope();
        AdamOptions options = new(WeightDecay: 0.1, IsDecoupled: true);
        Tensor request = Tensor.From([5, 0.003, 1, 0.25], [4], device);
        Tensor skipped = Tensor.From([1.0], [1], device);
        Tensor schedule = Tensor.Zeros([6], ElementType.Float32, device);
        Adam.Schedule(options, request, Tensor.From([1024f, 7, 0, 0], [4], device), skipped, schedule);
        Assert.That(skipped.ToArray<double>(), Is.EqualTo(new[] { 2.0 }));

        Tensor[] x = [.. Enumerable.Range(1, 5).Select(seed => TestTensors.Normal([5000], seed, device))];
        float[][] before = Array.ConvertAll(x, tensor => tensor.ToArray<float>());
        Adam.Step(options, schedule, x[0], x[1], x[2], x[3], x[4]);
        Assert.That(Array.ConvertAll(x, tensor => tensor.ToArray<float>()), Is.EqualTo(before));
    }

    [Test]
    public void RejectsARequestOfSingles()
    {
        using TensorScope scope = device.Scope();
        Tensor request = Tensor.Zeros([4], ElementType.Float32, device);
        Tensor state = Tensor.Zeros([4], ElementType.Float32, device);
        Tensor skipped = Tensor.Zeros([1], ElementType.Float64, device);
        Tensor schedule = Tensor.Zeros([6], ElementType.Float32, device);
        Assert.That(
            () => Adam.Schedule(new AdamOptions(), request, state, skipped, schedule),
            Throws.TypeOf<ShapeException>().With.Message.Contains("request must be Float64"));
    }

    [Test]
    public void RejectsABetaOfOne()
    {
        using TensorScope scope = device.Scope();
        Tensor x = Tensor.Zeros([4], ElementType.Float32, device);
        AdamOptions options = new(Beta2: 1);
        Assert.That(
            () => Adam.Step(options, Schedule(new AdamOptions(), 1, 0.1), x, x, x, x),
            Throws.ArgumentException.With.Message.Contains("[0, 1)").And.Message.Contains("Beta2 = 1"));
    }

    [Test]
    public void RejectsMomentsOfAnotherLength()
    {
        using TensorScope scope = device.Scope();
        Tensor x = Tensor.Zeros([4], ElementType.Float32, device);
        Tensor other = Tensor.Zeros([5], ElementType.Float32, device);
        Assert.That(
            () => Adam.Step(new AdamOptions(), Schedule(new AdamOptions(), 1, 0.1), x, x, x, other),
            Throws.TypeOf<ShapeException>().With.Message.Contains("secondMoment").And.Message.Contains("[5]"));
    }

    private static void AssertClose(Tensor actual, float[] expected) =>
        Expect.Close(actual, Array.ConvertAll(expected, value => (double)value));

    private Tensor Schedule(AdamOptions options, int step, double learningRate) =>
        Tensor.From(AdamSchedule.For(options, step, learningRate, gradientScale: 1, averageWeight: 0), [6], device);

    private Tensor Read(SafetensorsFile file, string name) =>
        Tensor.From(file.ReadFloats(name), file.Entry(name).Shape, device);
}
