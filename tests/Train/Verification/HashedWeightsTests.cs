using GenKernels.Train.Verification;

namespace GenKernels.Tests.Train.Verification;

public sealed class HashedWeightsTests
{
    [Test]
    public void TheFirstValuesAreTheRecordedOnes()
    {
        float[] values = new float[4];
        HashedWeights.Fill(values, "test", "w", offset: 0, scale: 1);
        Assert.That(values, Is.EqualTo((float[])
        [
            -0.23715674877166748f, -0.006365060806274414f, -0.17225241661071777f, 0.03817629814147949f,
        ]));
    }

    [Test]
    public void OffsetAndScaleAreRoundedOneAfterTheOther()
    {
        (float[] unit, float[] values) = (new float[100], new float[100]);
        HashedWeights.Fill(unit, "test", "w", offset: 0, scale: 1);
        HashedWeights.Fill(values, "test", "w", offset: 0.1f, scale: 0.3f);
        Assert.That(values, Is.EqualTo(Array.ConvertAll(unit, value => 0.1f + (float)(0.3f * (double)value))));
    }

    [Test]
    public void AnotherSaltOrKeyGivesOtherValues()
    {
        (float[] first, float[] salted, float[] keyed) = (new float[8], new float[8], new float[8]);
        HashedWeights.Fill(first, "a", "é", offset: 0, scale: 1);
        HashedWeights.Fill(salted, "b", "é", offset: 0, scale: 1);
        HashedWeights.Fill(keyed, "a", "e", offset: 0, scale: 1);
        Assert.That(first, Is.Not.EqualTo(salted).And.Not.EqualTo(keyed));
    }
}
