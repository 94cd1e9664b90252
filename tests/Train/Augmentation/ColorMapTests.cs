using GenKernels.Train.Augmentation;

namespace GenKernels.Tests.Train.Augmentation;

public sealed class ColorMapTests
{
    private static readonly double[] s_color = [0.9, -0.2, 0.4];

    [Test]
    public void AThirdOfATurnMakesRedGreen() =>
        Assert.That(Apply(ColorMap.TurnHue(2 * Math.PI / 3), [1, 0, 0]), Is.EqualTo(new[] { 0.0, 1, 0 }).Within(1e-12));

    [Test]
    public void ATurnKeepsGreyAndLength()
    {
        double[] turned = Apply(ColorMap.TurnHue(0.9), s_color);
        Assert.That(turned.Sum(), Is.EqualTo(s_color.Sum()).Within(1e-12));
        Assert.That(turned.Sum(x => x * x), Is.EqualTo(s_color.Sum(x => x * x)).Within(1e-12));
    }

    [Test]
    public void NoSaturationLeavesGrey()
    {
        double grey = s_color.Average();
        Assert.That(Apply(ColorMap.Stretch(1, 0), s_color), Is.EqualTo(new[] { grey, grey, grey }).Within(1e-12));
    }

    [Test]
    public void AFlipOfLumaKeepsTheDistanceToGrey()
    {
        double grey = s_color.Average();
        double[] expected = Array.ConvertAll(s_color, value => value - (2 * grey));
        Assert.That(Apply(ColorMap.Stretch(-1, 1), s_color), Is.EqualTo(expected).Within(1e-12));
    }

    [Test]
    public void BrightnessIsAddedBeforeTheContrastThatFollows()
    {
        ColorMap both = ColorMap.Brighten(0.5).Then(ColorMap.Scale(2));
        Assert.That(Apply(both, s_color), Is.EqualTo(new[] { 2.8, 0.6, 1.8 }).Within(1e-12));
    }

    [Test]
    public void OneAfterTheOtherIsTheirComposition()
    {
        ColorMap first = ColorMap.TurnHue(1).Then(ColorMap.Brighten(0.3));
        ColorMap second = ColorMap.Stretch(0.4, 1.6);
        Assert.That(Apply(first.Then(second), s_color), Is.EqualTo(Apply(second, Apply(first, s_color))).Within(1e-12));
    }

    private static double[] Apply(ColorMap map, double[] color)
    {
        double[] rows = map.ToArray();
        return [.. Enumerable.Range(0, 3).Select(row =>
            rows[(4 * row) + 3] + Enumerable.Range(0, 3).Sum(column => rows[(4 * row) + column] * color[column]))];
    }
}
