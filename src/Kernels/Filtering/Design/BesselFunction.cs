namespace GenKernels.Kernels.Filtering;

/// <summary>The two Bessel functions that filter design needs, accurate to about 15 digits.</summary>
internal static class BesselFunction
{
    /// <returns>The modified Bessel function of the first kind, order 0: the sum over k of (x²/4)^k / (k!)².</returns>
    public static double I0(double x)
    {
        double quarterSquare = x * x / 4, term = 1, sum = 1;
        for (int k = 1; term > sum * 1e-17; k++)
        {
            term *= quarterSquare / ((double)k * k);
            sum += term;
        }

        return sum;
    }

    /// <returns>The Bessel function of the first kind, order 1: the mean over a period of cos(t - x sin t).</returns>
    public static double J1(double x)
    {
        // The error of the mean of n samples is a sum of Bessel functions of orders near n, which vanish once n is well
        // above |x|.
        int sampleCount = (2 * (int)Math.Abs(x)) + 40;
        double sum = 0;
        for (int i = 0; i < sampleCount; i++)
        {
            double angle = 2 * Math.PI * i / sampleCount;
            sum += Math.Cos(angle - (x * Math.Sin(angle)));
        }

        return sum / sampleCount;
    }
}
