using GenKernels.Kernels.Filtering;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Filtering;

/// <summary>Upsampling along columns, rows and frames in the generator, and downsampling in the
/// discriminator.</summary>
public class UpfirdnBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
    [
        Resample([1, 128, 36, 32, 64], axis: 3, up: 2, down: 1, taps: 4, before: 2, after: 1),
        Resample([1, 128, 18, 64, 64], axis: 2, up: 2, down: 1, taps: 4, before: 2, after: 1),
        Resample([1, 80, 9, 16, 256], axis: 1, up: 2, down: 1, taps: 4, before: 2, after: 1),
        Resample([1, 128, 36, 64, 32], axis: 3, up: 1, down: 2, taps: 4, before: 1, after: 1),
    ];

    private static KernelCase Resample(Shape x, int axis, int up, int down, int taps, int before, int after)
    {
        int length = x[axis];
        int outputLength = (((length * up) + before + after - taps) / down) + 1;
        long inner = x.Product(axis + 1, x.Rank);
        return new KernelCase(
            $"{x} axis {axis}, up {up}, down {down}, {taps} taps", [x, [taps]], x.With(axis, outputLength),
            inputs => Upfirdn.Forward(inputs[0], inputs[1], axis, up, down, before, after), Element);

        double Element(float[][] inputs, long index)
        {
            (long outer, long m, long i) = (index / inner / outputLength, index / inner % outputLength, index % inner);
            double sum = 0;
            for (int k = 0; k < taps; k++)
            {
                long position = (m * down) + k - before;
                if (position < 0 || position >= length * up || position % up != 0) continue;
                sum += (double)inputs[1][taps - 1 - k] * inputs[0][(((outer * length) + (position / up)) * inner) + i];
            }

            return sum;
        }
    }
}
