namespace GenKernels.Train.Video;

/// <summary>For every output sample, which input samples it mixes and how much of each.</summary>
/// <remarks>
/// The Lanczos window sinc(x) sinc(x/3) on |x| &lt; 3, stretched by the scale when shrinking, so that what the output
/// cannot show is filtered out. Samples beyond the edge are left out and the others normalised. Weights are fixed-point
/// numbers with <see cref="FractionBits"/> bits, which makes results the same on every machine and equal to Pillow's.
/// </remarks>
internal sealed class LanczosWeights
{
    /// <summary>8 bits of pixel, 22 of weight and 2 of headroom for overshoot fill 32 bits.</summary>
    public const int FractionBits = 22;

    private const double Lobes = 3;

    private readonly int[][] _weights;
    private readonly int[] _first;

    /// <param name="inputSize">Samples before; positive.</param>
    /// <param name="outputSize">Samples after; positive.</param>
    public LanczosWeights(int inputSize, int outputSize)
    {
        double scale = (double)inputSize / outputSize;
        double stretch = Math.Max(scale, 1);
        _weights = new int[outputSize][];
        _first = new int[outputSize];
        for (int output = 0; output < outputSize; output++)
        {
            double centre = (output + 0.5) * scale;
            int first = Math.Max(0, (int)(centre - Lobes * stretch + 0.5));
            int end = Math.Min(inputSize, (int)(centre + Lobes * stretch + 0.5));
            double[] weights = new double[end - first];
            for (int i = 0; i < weights.Length; i++) weights[i] = Window((first + i + 0.5 - centre) / stretch);
            _first[output] = first;
            _weights[output] = FixedPoint(weights);
        }
    }

    /// <summary>The first input sample that an output sample mixes.</summary>
    public int First(int output) => _first[output];

    /// <summary>The weights of that sample and those after it.</summary>
    public ReadOnlySpan<int> Of(int output) => _weights[output];

    private static int[] FixedPoint(double[] weights)
    {
        double sum = weights.Sum();
        const double One = 1 << FractionBits;
        return [.. weights.Select(weight => (int)Math.Round(weight / sum * One, MidpointRounding.AwayFromZero))];
    }

    private static double Window(double x) => Math.Abs(x) < Lobes ? Sinc(x) * Sinc(x / Lobes) : 0;

    private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(x * Math.PI) / (x * Math.PI);
}
