using GenKernels.Train.Augmentation;

namespace GenKernels.Tests.Train.Augmentation;

public sealed class ColorMapTests
{
    private static readonly double[] s_color = [0.9, -0.2, 0.4];

    [Test]
    public void AThirdOfATurnMakesRedGreen() =>
        AssertClose(Apply(ColorMap.TurnHue(2 * Math.PI / 3), [1, 0, 0]), [0, 1, 0]);

    [Test]
    public void ATurnKeepsGreyAndLength()
    {
        double[] turned = Apply(ColorMap.TurnHue(0.9), s_color);
        AssertClose([turned.Sum(), turned.Sum(x => x * x)], [s_color.Sum(), s_color.Sum(x => x * x)]);
    }

    [Test]
    public void NoSaturationLeavesGrey()
    {
        double grey = s_color.Average();
        AssertClose(Apply(ColorMap.Stretch(1, 0), s_color), [grey, grey, grey]);
    }

    [Test]
    public void AFlipOfLumaKeepsTheDistanceToGrey()
    {
        double grey = s_color.Average();
        double[] expected = Array.ConvertAll(s_color, value => value - (2 * grey));
        AssertClose(Apply(ColorMap.Stretch(-1, 1), s_color), expected);
    }

    [Test]
    public void BrightnessIsAddedBeforeTheContrastThatFollows()
    {
        ColorMap both = ColorMap.Brighten(0.5).Then(ColorMap.Scale(2));
        AssertClose(Apply(both, s_color), [2.8, 0.6, 1.8]);
    }

    [Test]
    public void OneAfterTheOtherIsTheirComposition()
    {
        ColorMap first = ColorMap.TurnHue(1).Then(ColorMap.Brighten(0.3));
        ColorMap second = ColorMap.Stretch(0.4, 1.6);
        AssertClose(Apply(first.Then(second), s_color), Apply(second, Apply(first, s_color)));
    }

    private static void AssertClose(double[] actual, double[] expected) =>
        Assert.That(actual, Is.EqualTo(expected).Within(Tolerance.Float64));

    private static double[] Apply(ColorMap map, double[] color)
    {
        double[] rows = map.ToArray();
        return [.. Enumerable.Range(0, 3).Select(row =>
            rows[(4 * row) + 3] + Enumerable.Range(0, 3).Sum(column => rows[(4 * row) + column] * color[column]))];
    }
}
