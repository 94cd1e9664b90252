using GenKernels.Kernels.Random;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Random;

/// <summary>The generator's noise, and as many uniform numbers.</summary>
public class PhiloxBenchmarks : KernelBenchmarks
{
    private const ulong Seed = 7;

    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
    [
        Draw("Normal", [64, 5128, 8], (generator, shape) => generator.Normal(shape), Normal),
        Draw("Uniform", [64, 5128, 8], (generator, shape) => generator.Uniform(shape), Uniform),
        Draw("Normal", [1, 5128, 8], (generator, shape) => generator.Normal(shape), Normal),
    ];

    private static KernelCase Draw(
        string name, Shape shape, Func<RandomGenerator, Shape, Tensor> draw, Func<long, double> formula)
    {
        Lazy<RandomGenerator> generator = new(() => new RandomGenerator(BenchmarkDevice.Device, Seed));
        return new KernelCase(
            $"{name} {shape}", [], shape, _ => draw(generator.Value, shape), (_, index) => formula(index));
    }

    private static double Uniform(long index) => (Words(index / 4)[index % 4] >> 8) / (double)(1 << 24);

    private static double Normal(long index)
    {
        uint[] words = Words(index / 4);
        long pair = index % 4 / 2 * 2;
        double radius = Math.Sqrt(-2 * Math.Log((words[pair] + 0.5) / Math.Pow(2, 32)));
        double angle = 2 * Math.PI * words[pair + 1] / Math.Pow(2, 32);
        return radius * (index % 2 == 0 ? Math.Cos(angle) : Math.Sin(angle));
    }

    /// <summary>Philox 4x32-10 of a counter (Salmon et al. 2011, section 3).</summary>
    private static uint[] Words(long counter)
    {
        (uint c0, uint c1, uint c2, uint c3) = ((uint)counter, (uint)(counter >> 32), 0u, 0u);
        (uint k0, uint k1) = ((uint)Seed, (uint)(Seed >> 32));
        for (int round = 0; round < 10; round++)
        {
            (ulong even, ulong odd) = (0xD2511F53ul * c0, 0xCD9E8D57ul * c2);
            (c0, c1, c2, c3) = ((uint)(odd >> 32) ^ c1 ^ k0, (uint)odd, (uint)(even >> 32) ^ c3 ^ k1, (uint)even);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }

        return [c0, c1, c2, c3];
    }
}
