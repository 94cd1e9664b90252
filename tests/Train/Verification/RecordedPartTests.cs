using GenKernels.Train.Verification;

namespace GenKernels.Tests.Train.Verification;

public sealed class RecordedPartTests
{
    private static readonly double[] s_values = [.. Enumerable.Range(0, 24).Select(index => (double)index)];

    [Test]
    public void TheFirstElementsOfAShorterAxis() => Assert.That(
        RecordedPart.Select(s_values, [2, 3, 4], [2, 2, 4], isSpread: false),
        Is.EqualTo(new double[] { 0, 1, 2, 3, 4, 5, 6, 7, 12, 13, 14, 15, 16, 17, 18, 19 }));

    [Test]
    public void EverySecondElementOfAShorterAxis() => Assert.That(
        RecordedPart.Select(s_values, [2, 3, 4], [1, 3, 2], isSpread: true),
        Is.EqualTo(new double[] { 0, 2, 4, 6, 8, 10 }));

    [Test]
    public void ALongerAxisOrAnotherRankIsNoPart()
    {
        Assert.That(RecordedPart.Select(s_values, [2, 3, 4], [2, 3, 5], isSpread: false), Is.Null);
        Assert.That(RecordedPart.Select(s_values, [2, 3, 4], [6, 4], isSpread: false), Is.Null);
    }

    [Test]
    public void AProbeIsSpreadOverTheWhole()
    {
        double[] values = [.. Enumerable.Range(0, 35).Select(index => (double)index)];
        Assert.That(RecordedPart.Probe(values), Is.EqualTo(Enumerable.Range(0, 16).Select(index => 2.0 * index)));
        Assert.That(RecordedPart.Probe(values[..15]), Is.Null);
    }
}
