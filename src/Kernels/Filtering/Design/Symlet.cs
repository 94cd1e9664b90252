namespace GenKernels.Kernels.Filtering.Design;

/// <summary>The wavelet filter that upsamples and downsamples pictures around a geometric augmentation.</summary>
/// <remarks>
/// Source: Daubechies 1992, Ten Lectures on Wavelets, table 6.3; Karras et al. 2020, Training Generative Adversarial
/// Networks with Limited Data, appendix B.
/// </remarks>
public static class Symlet
{
    // The least asymmetric wavelet with six vanishing moments; the taps sum to √2, their squares to 1.
    private static readonly double[] s_taps =
    [
        0.015404109327027373, 0.0034907120842174702, -0.11799011114819057, -0.048311742585633, 0.4910559419267466,
        0.787641141030194, 0.3379294217276218, -0.07263752278646252, -0.021060292512300564, 0.04472490177066578,
        0.0017677118642428036, -0.007800708325034148,
    ];

    /// <returns>The 12 taps of the low-pass filter with six vanishing moments, scaled to sum to 1.</returns>
    public static double[] Lowpass()
    {
        double sum = s_taps.Sum();
        return Array.ConvertAll(s_taps, tap => tap / sum);
    }
}
