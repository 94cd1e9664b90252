using GenKernels.Autograd;
using GenKernels.Kernels.Augmentation;
using GenKernels.Tests.Golden;
using GenKernels.Tests.Kernels.Filtering;

namespace GenKernels.Tests.Kernels.Augmentation;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class DiffAugTests(Device device)
{
    [Test]
    public void TheRecordedCasesComeOut([Values(0, 1, 2, 3)] int number)
    {
        using TensorScope scope = device.Scope();
        using SafetensorsFile file = GoldenFiles.Open("ops/diffaug.safetensors");
        string name = $"case{number}";
        DiffAugDraws draws = new(
            Floats(file, $"{name}.in.brightness_u"), Floats(file, $"{name}.in.saturation_u"),
            Floats(file, $"{name}.in.contrast_u"),
            Integers(file, $"{name}.in.translation_rows"), Integers(file, $"{name}.in.translation_cols"),
            Integers(file, $"{name}.in.offset_rows"), Integers(file, $"{name}.in.offset_cols"));
        Variable x = new(file.ChannelsLast($"{name}.in.x", device), requiresGradient: true);
        Variable y = x.DiffAug(draws);
        RecordedVideo.AssertEqual(y.Value, file.ChannelsLast($"{name}.out.y", device), name);
        Variable upstream = new(file.ChannelsLast($"{name}.in.dy", device));
        Variable gradient = Gradient.Of(y, [x], upstream)[0];
        RecordedVideo.AssertEqual(gradient.Value, file.ChannelsLast($"{name}.grad.x", device), name);
    }

    [Test]
    public void NoDrawsLeaveTheClipsAlone()
    {
        using TensorScope scope = device.Scope();
        Variable x = new(TestTensors.Normal([1, 2, 3, 3, 3], seed: 1, device));
        Assert.That(x.DiffAug(new DiffAugDraws()), Is.SameAs(x));
    }

    [Test]
    public void RejectsAColourWithoutContrast()
    {
        using TensorScope scope = device.Scope();
        Variable x = new(TestTensors.Normal([1, 2, 3, 3, 3], seed: 1, device));
        Tensor draw = Tensor.From([0.5f], [1], device);
        Assert.That(
            () => x.DiffAug(new DiffAugDraws(draw, draw)),
            Throws.TypeOf<ShapeException>().With.Message.Contains("brightness, saturation and contrast come together"));
    }

    private Tensor? Floats(SafetensorsFile file, string name)
    {
        if (!file.Contains(name)) return null;
        float[] values = file.ReadFloats(name);
        return Tensor.From(values, [values.Length], device);
    }

    private Tensor? Integers(SafetensorsFile file, string name)
    {
        if (!file.Contains(name)) return null;
        int[] values = Array.ConvertAll(file.ReadIntegers(name), value => (int)value);
        return Tensor.From(values, [values.Length], device);
    }
}
