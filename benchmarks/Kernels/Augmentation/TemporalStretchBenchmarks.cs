using GenKernels.Kernels.Augmentation;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Augmentation;

/// <summary>Temporal stretch of clips before the discriminator, each at its own speed.</summary>
public class TemporalStretchBenchmarks : KernelBenchmarks
{
    // Powers of two: their positions are exact in single precision, so that the formula can be compared with the
    // kernel.
    private static readonly float[] s_scale = [0.5f, 1, 2, 1];
    private static readonly int[] s_padding = [40, 8, 0, 0];
    private static readonly int[] s_cropStart = [0, 0, 70, 0];
    private static readonly DeviceConstant<float> s_scales = new(s_scale);
    private static readonly DeviceConstant<int> s_paddings = new(s_padding);
    private static readonly DeviceConstant<int> s_cropStarts = new(s_cropStart);

    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases => [Stretch([4, 128, 36, 64, 3])];

    private static KernelCase Stretch(Shape shape)
    {
        int frames = shape[1];
        long picture = shape.Product(2, 5);
        return new KernelCase(
            $"TemporalStretch {shape}", [shape], shape,
            inputs => TemporalStretch.Forward(inputs[0], s_scales.Value, s_paddings.Value, s_cropStarts.Value, frames),
            (inputs, index) =>
            {
                int clip = (int)(index / picture / frames);
                int resized = (int)(index / picture % frames) + s_cropStart[clip] - s_padding[clip];
                if (resized < 0 || resized >= Math.Floor(frames * s_scale[clip])) return 0;
                double position = Math.Max(0, ((resized + 0.5) / s_scale[clip]) - 0.5);
                int lower = Math.Min((int)position, frames - 1);
                double from = Pixel(lower), to = Pixel(Math.Min(lower + 1, frames - 1));
                return from + ((position - lower) * (to - from));

                double Pixel(int frame) => inputs[0][((((long)clip * frames) + frame) * picture) + (index % picture)];
            });
    }
}
