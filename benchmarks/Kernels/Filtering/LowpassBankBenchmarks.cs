using GenKernels.Kernels.Filtering;

namespace GenKernels.Benchmarks.Kernels.Filtering;

/// <summary>The generator's noise embedding at the thesis's size, and the adjoint for fewer frames.</summary>
public class LowpassBankBenchmarks : KernelBenchmarks
{
    private static readonly LowpassBankDesign s_design = new(128, 250, 10_000);

    private static readonly DeviceConstant<float> s_filters =
        new(s_design.Kernels.ToArray(), [s_design.FilterCount, s_design.KernelSize]);

    private static readonly DeviceConstant<int> s_tapCounts = new(s_design.TapCounts.ToArray());
    private static readonly DeviceConstant<float> s_scales = new(s_design.OutputScales.ToArray());

    private static long TapTotal
    {
        get
        {
            long taps = 0;
            foreach (int count in s_design.TapCounts) taps += count;
            return taps;
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
        [Forward(frames: 512, channels: 8), Gradient(frames: 64, channels: 8)];

    private static KernelCase Forward(int frames, int channels)
    {
        (int filters, int taps) = (s_design.FilterCount, s_design.KernelSize);
        return new KernelCase(
            $"{frames} frames, {channels} channels, {filters} filters", [[1, frames + taps - 1, channels]],
            [1, frames, channels * filters],
            inputs => LowpassBank.Forward(inputs[0], s_filters.Value, s_tapCounts.Value, s_scales.Value, TapTotal),
            (inputs, index) =>
            {
                (long frame, int channel) = (index / filters / channels, (int)(index / filters % channels));
                int filter = (int)(index % filters);
                double sum = 0;
                for (int tap = 0; tap < taps; tap++)
                {
                    double sample = inputs[0][((frame + tap) * channels) + channel];
                    sum += s_design.Kernels[(filter * taps) + tap] * sample;
                }

                return sum * s_design.OutputScales[filter];
            }) { Operations = Operations(frames, channels) };
    }

    private static KernelCase Gradient(int frames, int channels)
    {
        (int filters, int taps) = (s_design.FilterCount, s_design.KernelSize);
        return new KernelCase(
            $"adjoint, {frames} frames, {channels} channels, {filters} filters", [[1, frames, channels * filters]],
            [1, frames + taps - 1, channels],
            inputs => LowpassBank.Gradient(inputs[0], s_filters.Value, s_scales.Value, TapTotal),
            (inputs, index) =>
            {
                (long place, long channel) = (index / channels, index % channels);
                double sum = 0;
                for (long frame = Math.Max(0, place - taps + 1); frame < frames && frame <= place; frame++)
                {
                    for (int filter = 0; filter < filters; filter++)
                    {
                        double tap = s_design.Kernels[(int)((filter * taps) + place - frame)];
                        sum += s_design.OutputScales[filter] * tap
                            * inputs[0][(((frame * channels) + channel) * filters) + filter];
                    }
                }

                return sum;
            }) { Operations = Operations(frames, channels) };
    }

    private static long Operations(int frames, int channels) => 2 * frames * channels * TapTotal;
}
