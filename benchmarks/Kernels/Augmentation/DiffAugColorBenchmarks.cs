using GenKernels.Kernels.Augmentation;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Augmentation;

/// <summary>DiffAug's colour changes of clips before the discriminator.</summary>
public class DiffAugColorBenchmarks : KernelBenchmarks
{
    private static readonly float[] s_brightness = [0.1f, 0.9f, 0.5f, 0.3f];
    private static readonly float[] s_saturation = [0.8f, 0.2f, 0.5f, 1];
    private static readonly float[] s_contrast = [0.6f, 0.1f, 0.5f, 0.9f];
    private static readonly DeviceConstant<float> s_brightnessDraw = new(s_brightness);
    private static readonly DeviceConstant<float> s_saturationDraw = new(s_saturation);
    private static readonly DeviceConstant<float> s_contrastDraw = new(s_contrast);

    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases => [Color([4, 128, 36, 64, 3]), Color([4, 16, 36, 64, 3])];

    /// <summary>The mean over a clip is needed first, so that the clips are read twice.</summary>
    private static KernelCase Color(Shape shape) => new(
        $"DiffAugColor {shape}", [shape], shape,
        inputs => DiffAugColor.Forward(
            inputs[0], s_brightnessDraw.Value, s_saturationDraw.Value, s_contrastDraw.Value),
        (inputs, index) =>
        {
            int length = (int)shape.Product(1, 5);
            int clip = (int)(index / length);
            double offset = s_brightness[clip] - 0.5, strength = s_contrast[clip] + 0.5;
            double clipMean = Mean(inputs[0].AsSpan(clip * length, length)) + offset;
            double pixelMean = Mean(inputs[0].AsSpan((int)(index / 3 * 3), 3)) + offset;
            double saturated = (2 * s_saturation[clip] * (inputs[0][index] + offset - pixelMean)) + pixelMean;
            return (strength * (saturated - clipMean)) + clipMean;
        }) { Bytes = 3 * shape.ElementCount * sizeof(float) };

    private static double Mean(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values) sum += value;
        return sum / values.Length;
    }
}
