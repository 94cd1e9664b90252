namespace GenKernels.Train.Video;

/// <summary>For every output sample, the input samples that contribute to it and their weights.</summary>
/// <remarks>
/// Samples beyond the edge are left out and the other weights normalised. Weights are fixed-point numbers with
/// <see cref="FractionBits"/> bits, which makes results the same on every machine and equal to Pillow's.
/// </remarks>
internal sealed class ResamplingWeights
{
    /// <summary>8 bits of pixel, 22 of weight and 2 of headroom for overshoot fill 32 bits.</summary>
    public const int FractionBits = 22;

    private readonly int[][] _weights;
    private readonly int[] _first;

    /// <param name="inputSize">Number of input samples; positive.</param>
    /// <param name="start">Position in the input where the output begins, in samples from the edge.</param>
    /// <param name="end">Position where it ends.</param>
    /// <param name="outputSize">Number of output samples; positive.</param>
    /// <param name="filter">The resampling filter.</param>
    public ResamplingWeights(int inputSize, float start, float end, int outputSize, ResizeFilter filter)
    {
        double scale = (double)(end - start) / outputSize;
        double stretch = Math.Max(scale, 1);
        double support = Support(filter) * stretch;
        double narrowing = 1 / stretch;
        _weights = new int[outputSize][];
        _first = new int[outputSize];
        for (int output = 0; output < outputSize; output++)
        {
            double centre = start + (output + 0.5) * scale;
            int first = Math.Max(0, (int)(centre - support + 0.5));
            int after = Math.Min(inputSize, (int)(centre + support + 0.5));
            double[] weights = new double[after - first];
            for (int i = 0; i < weights.Length; i++)
            {
                weights[i] = Weight(filter, (first + i - centre + 0.5) * narrowing);
            }

            _first[output] = first;
            _weights[output] = FixedPoint(weights);
        }
    }

    /// <summary>The first input sample that contributes to an output sample.</summary>
    public int First(int output) => _first[output];

    /// <summary>The weights of that sample and of those after it.</summary>
    public ReadOnlySpan<int> Of(int output) => _weights[output];

    private static int[] FixedPoint(double[] weights)
    {
        double sum = weights.Sum();
        const double One = 1 << FractionBits;
        return [.. weights.Select(weight => (int)Math.Round(weight / sum * One, MidpointRounding.AwayFromZero))];
    }

    private static double Support(ResizeFilter filter) => filter switch
    {
        ResizeFilter.Lanczos => 3,
        ResizeFilter.Bicubic => 2,
        ResizeFilter.Bilinear => 1,
        _ => 0.5,
    };

    private static double Weight(ResizeFilter filter, double x)
    {
        double distance = Math.Abs(x);
        if (filter == ResizeFilter.Box) return x is > -0.5 and <= 0.5 ? 1 : 0;  // a tie goes to the earlier output
        if (distance >= Support(filter)) return 0;
        return filter switch
        {
            ResizeFilter.Lanczos => Sinc(x) * Sinc(x / 3),
            ResizeFilter.Bilinear => 1 - distance,
            _ => Cubic(distance),
        };
    }

    private static double Cubic(double x)
    {
        const double A = -0.5;
        return x < 1 ? (((A + 2) * x) - (A + 3)) * x * x + 1 : ((((x - 5) * x) + 8) * x - 4) * A;
    }

    private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(x * Math.PI) / (x * Math.PI);
}
