using GenKernels.Kernels.Filtering.Design;

namespace GenKernels.Tests.Kernels.Filtering.Design;

public sealed class SymletTests
{
    private static readonly double[] s_taps = Symlet.Lowpass();

    [Test]
    public void TheTapsSumToOne() => Assert.That(s_taps.Sum(), Is.EqualTo(1).Within(1e-15));

    /// <summary>Orthogonality, so that upsampling and downsampling again changes nothing.</summary>
    [Test]
    public void ShiftsByTwoAreOrthogonal([Range(0, 5)] int shift)
    {
        double product = Enumerable.Range(0, 12 - (2 * shift)).Sum(k => s_taps[k] * s_taps[k + (2 * shift)]);
        Assert.That(2 * product, Is.EqualTo(shift == 0 ? 1 : 0).Within(2e-12));  // as exact as the tabulated taps
    }

    [Test]
    public void TheWaveletHasSixVanishingMoments([Range(0, 5)] int order)
    {
        double moment = s_taps.Select((tap, k) => (k % 2 == 0 ? 1 : -1) * tap * Math.Pow(k - 5.5, order)).Sum();
        Assert.That(moment, Is.Zero.Within(1e-10));  // likewise, at powers up to 5.5^5
    }
}
