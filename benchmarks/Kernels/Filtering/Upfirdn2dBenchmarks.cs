using GenKernels.Kernels.Filtering;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Filtering;

/// <summary>2D filters on frames of the generator's last block: at the same rate, upsampled by 2 and downsampled by
/// 2.</summary>
public class Upfirdn2dBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
    [
        Resample([128, 36, 64, 64], [4, 4], new(1, 1, 2, 1)),
        Resample([128, 18, 32, 64], [4, 4], new(2, 1, 2, 1)),
        Resample([128, 36, 64, 32], [4, 4], new(1, 2, 1, 1)),
    ];

    private static KernelCase Resample(Shape x, Shape filter, Resampling rate)
    {
        (int height, int width, int channels) = (x[1], x[2], x[3]);
        (int down, int across) = (rate.OutputLength(height, filter[0]), rate.OutputLength(width, filter[1]));
        return new KernelCase(
            $"{x}, {filter} taps, {rate}", [x, filter], [x[0], down, across, channels],
            inputs => Upfirdn2d.Forward(inputs[0], inputs[1], rate, rate), Element);

        double Element(float[][] inputs, long index)
        {
            (long c, long column) = (index % channels, index / channels % across);
            (long row, long image) = (index / channels / across % down, index / channels / across / down);
            double sum = 0;
            for (int tap = 0; tap < filter.ElementCount; tap++)
            {
                long r = Sample(row, tap / filter[1], height), s = Sample(column, tap % filter[1], width);
                if (r < 0 || s < 0) continue;
                double weight = inputs[1][filter.ElementCount - 1 - tap];
                sum += weight * inputs[0][(((((image * height) + r) * width) + s) * channels) + c];
            }

            return sum;
        }

        long Sample(long place, int tap, int length)
        {
            long position = (place * rate.Down) + tap - rate.Before;
            bool isSample = position >= 0 && position < (long)length * rate.Up && position % rate.Up == 0;
            return isSample ? position / rate.Up : -1;
        }
    }
}
