using GenKernels.Kernels.Vision;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Vision;

/// <summary>Activations and pictures resized to another size.</summary>
public class InterpolateBenchmarks : KernelBenchmarks
{
    private const double Cubic = -0.75;

    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
    [
        .. Enlargements.SelectMany(work => new[] { Resize(work.Shape, work.To), Adjoint(work.Shape, work.To) }),
        Resize([16, 256, 256, 3], new(InterpolateKind.Bicubic, 224, 224)),
        Resize([16, 512, 512, 3], new(InterpolateKind.Area, 64, 64)),
    ];

    /// <summary>Activations of a U-Net, and activations and frames around super-resolution: name, input shape and
    /// output size.</summary>
    internal static (string Name, Shape Shape, InterpolateOptions To)[] Enlargements { get; } =
    [
        ("nearest 2x32x32 640 x2", [2, 32, 32, 640], new(InterpolateKind.Nearest, 64, 64)),
        ("bilinear 4x36x64 64 x2", [4, 36, 64, 64], new(InterpolateKind.Bilinear, 72, 128)),
        ("bilinear 4x36x64 64 x4", [4, 36, 64, 64], new(InterpolateKind.Bilinear, 144, 256)),
        ("bilinear 32x36x64 3 x4", [32, 36, 64, 3], new(InterpolateKind.Bilinear, 144, 256)),
    ];

    internal static KernelCase Resize(Shape shape, InterpolateOptions options)
    {
        Shape output = [shape[0], options.Height, options.Width, shape[3]];
        return new KernelCase(
            $"Interpolate {options.Kind} {shape} to {options.Height}x{options.Width}", [shape], output,
            inputs => Interpolate.Forward(inputs[0], options),
            (inputs, index) =>
            {
                (int picture, int row, int column, int channel) = Split(index, output);
                double sum = 0;
                for (int a = 0; a < shape[1]; a++)
                {
                    double weight = Weight(options.Kind, shape[1], options.Height, row, a);
                    if (weight != 0) sum += weight * Row(picture, a);
                }

                return sum;

                double Row(int n, int a)
                {
                    double total = 0;
                    for (int b = 0; b < shape[2]; b++)
                    {
                        double weight = Weight(options.Kind, shape[2], options.Width, column, b);
                        total += weight == 0 ? 0 : weight * inputs[0][At(shape, n, a, b, channel)];
                    }

                    return total;
                }
            }) { Scale = 16 };  // positions are floats: errors grow with the size
    }

    internal static KernelCase Adjoint(Shape shape, InterpolateOptions options)
    {
        Shape input = [shape[0], options.Height, options.Width, shape[3]];
        return new KernelCase(
            $"Interpolate adjoint {options.Kind} {options.Height}x{options.Width} to {shape}", [input], shape,
            inputs => Interpolate.Adjoint(inputs[0], shape[1], shape[2], options),
            (inputs, index) =>
            {
                (int picture, int row, int column, int channel) = Split(index, shape);
                double sum = 0;
                for (int i = 0; i < options.Height; i++)
                {
                    double weight = Weight(options.Kind, shape[1], options.Height, i, row);
                    if (weight != 0) sum += weight * Row(picture, i);
                }

                return sum;

                double Row(int n, int i)
                {
                    double total = 0;
                    for (int j = 0; j < options.Width; j++)
                    {
                        double weight = Weight(options.Kind, shape[2], options.Width, j, column);
                        total += weight == 0 ? 0 : weight * inputs[0][At(input, n, i, j, channel)];
                    }

                    return total;
                }
            }) { Scale = 16 };
    }

    private static (int Picture, int Row, int Column, int Channel) Split(long index, Shape shape) =>
        ((int)(index / shape.Product(1, 4)), (int)(index / shape.Product(2, 4) % shape[1]),
            (int)(index / shape[3] % shape[2]), (int)(index % shape[3]));

    private static long At(Shape shape, int picture, int row, int column, int channel) =>
        (((((long)picture * shape[1]) + row) * shape[2]) + column) * shape[3] + channel;

    /// <summary>Weight of an input element in an output element of an axis, with half-pixel centres.</summary>
    private static double Weight(InterpolateKind kind, int before, int after, int output, int element)
    {
        double scale = (double)before / after;
        if (kind == InterpolateKind.Nearest) return element == (long)output * before / after ? 1 : 0;
        if (kind == InterpolateKind.Area)
        {
            double first = Math.Floor(output * scale), end = Math.Ceiling((output + 1) * scale);
            return element >= first && element < end ? 1 / (end - first) : 0;
        }

        double position = (scale * (output + 0.5)) - 0.5;
        if (kind == InterpolateKind.Bilinear) position = Math.Max(0, position);
        double sum = 0;
        for (int tap = (int)Math.Floor(position) - 1; tap <= (int)Math.Floor(position) + 2; tap++)
        {
            if (Math.Clamp(tap, 0, before - 1) != element) continue;
            double x = Math.Abs(position - tap);
            double near = ((Cubic + 2) * x * x * x) - ((Cubic + 3) * x * x) + 1;
            double far = Cubic * ((x * x * x) - (5 * x * x) + (8 * x) - 4);
            sum += kind == InterpolateKind.Bilinear ? Math.Max(0, 1 - x) : x <= 1 ? near : far;
        }

        return sum;
    }
}
