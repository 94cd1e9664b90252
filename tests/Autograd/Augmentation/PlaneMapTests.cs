using GenKernels.Autograd;

namespace GenKernels.Tests.Autograd.Augmentation;

public sealed class PlaneMapTests
{
    [Test]
    public void AProductIsTheSecondMapThenTheFirst()
    {
        PlaneMap both = PlaneMap.Turn(0.7) * PlaneMap.Move(2, -3) * PlaneMap.Stretch(0.5, 4);
        (double x, double y) = PlaneMap.Stretch(0.5, 4).Of(1.5, -0.25);
        (x, y) = PlaneMap.Move(2, -3).Of(x, y);
        (x, y) = PlaneMap.Turn(0.7).Of(x, y);
        Assert.That(both.Of(1.5, -0.25).X, Is.EqualTo(x).Within(Tolerance.Float64));
        Assert.That(both.Of(1.5, -0.25).Y, Is.EqualTo(y).Within(Tolerance.Float64));
    }

    [Test]
    public void AQuarterTurnTakesRightToDown()
    {
        (double x, double y) = PlaneMap.Turn(Math.PI / 2).Of(1, 0);
        Assert.That((x, y), Is.EqualTo((0.0, 1.0)).Using<(double, double)>((a, b) =>
            Math.Abs(a.Item1 - b.Item1) + Math.Abs(a.Item2 - b.Item2) < Tolerance.Float64));
    }

    [Test]
    public void TheIdentityChangesNothing() =>
        Assert.That(PlaneMap.Identity * PlaneMap.Move(1, 2), Is.EqualTo(PlaneMap.Move(1, 2)));
}
