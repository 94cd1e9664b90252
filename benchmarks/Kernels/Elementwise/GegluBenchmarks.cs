using GenKernels.Kernels.Elementwise;

namespace GenKernels.Benchmarks.Kernels.Elementwise;

/// <summary>The gated linear units of Stable Diffusion's transformers, and their gradient.</summary>
public class GegluBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases => [Forward(2048, 2560), Gradient(2048, 2560)];

    private static KernelCase Forward(int rows, int channels) => new(
        $"Geglu [{rows}, {2 * channels}]", [[rows, 2 * channels]], [rows, channels],
        inputs => Geglu.Forward(inputs[0]),
        (inputs, index) =>
        {
            long at = (index / channels * 2 * channels) + (index % channels);
            double gate = inputs[0][at + channels];
            return inputs[0][at] * gate * NormalIntegral(gate);
        });

    private static KernelCase Gradient(int rows, int channels) => new(
        $"gradient of Geglu [{rows}, {2 * channels}]", [[rows, 2 * channels], [rows, channels]], [rows, 2 * channels],
        inputs => Geglu.Gradient(inputs[0], inputs[1]),
        (inputs, index) =>
        {
            long row = index / (2 * channels);
            bool isGate = index % (2 * channels) >= channels;
            double upstream = inputs[1][(row * channels) + (index % channels)];
            double gate = inputs[0][isGate ? index : index + channels];
            if (!isGate) return upstream * gate * NormalIntegral(gate);
            double density = Math.Exp(-gate * gate / 2) / Math.Sqrt(2 * Math.PI);
            return upstream * inputs[0][index - channels] * (NormalIntegral(gate) + (gate * density));
        });

    /// <summary>The normal CDF by its series, which converges quickly between -1 and 1.</summary>
    private static double NormalIntegral(double z)
    {
        double term = z;
        double sum = 0;
        for (int n = 1; n < 30; term *= z * z / ((2 * n) + 1), n++) sum += term;
        return 0.5 + (Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI) * sum);
    }
}
