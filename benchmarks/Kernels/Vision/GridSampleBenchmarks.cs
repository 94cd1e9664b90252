using GenKernels.Kernels.Vision;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Vision;

/// <summary>Pictures rotated and stretched before a discriminator, and the gradient of the pictures.</summary>
public class GridSampleBenchmarks : KernelBenchmarks
{
    private const double Turn = 0.3;
    private const double Stretch = 1.1;

    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
        [Sample([8, 128, 128, 3]), Sample([4, 64, 64, 64]), Gradient([8, 128, 128, 3]), Gradient([4, 64, 64, 64])];

    private static KernelCase Sample(Shape shape)
    {
        DeviceConstant<float> grid = new(Places(shape), [shape[0], shape[1], shape[2], 2]);
        return new KernelCase(
            $"GridSample {shape}", [shape], shape,
            inputs => GridSample.Forward(inputs[0], grid.Value),
            (inputs, index) =>
            {
                int channel = (int)(index % shape[3]);
                long place = index / shape[3];
                (double p, double q) = Position(shape, place);
                double sum = 0;
                for (int a = (int)Math.Floor(q); a <= (int)Math.Floor(q) + 1; a++)
                {
                    for (int b = (int)Math.Floor(p); b <= (int)Math.Floor(p) + 1; b++)
                    {
                        if (a < 0 || a >= shape[1] || b < 0 || b >= shape[2]) continue;
                        long pixel = (((place / shape[1] / shape[2] * shape[1]) + a) * shape[2]) + b;
                        double weight = (1 - Math.Abs(q - a)) * (1 - Math.Abs(p - b));
                        sum += weight * inputs[0][(pixel * shape[3]) + channel];
                    }
                }

                return sum;
            }) { Bytes = BytesOf(shape), Scale = 8 };  // positions are floats: errors grow with the size
    }

    private static KernelCase Gradient(Shape shape)
    {
        DeviceConstant<float> grid = new(Places(shape), [shape[0], shape[1], shape[2], 2]);
        return new KernelCase(
            $"GridSample gradient {shape}", [shape], shape,
            inputs => GridSample.ImageGradient(inputs[0], grid.Value, shape[1], shape[2]),
            (inputs, index) =>
            {
                (int channel, long pixel) = ((int)(index % shape[3]), index / shape[3]);
                (int column, int row) = ((int)(pixel % shape[2]), (int)(pixel / shape[2] % shape[1]));
                long first = pixel / shape[1] / shape[2] * shape[1] * shape[2];
                double sum = 0;
                for (long place = first; place < first + (shape[1] * shape[2]); place++)
                {
                    (double p, double q) = Position(shape, place);
                    double weight = Math.Max(0, 1 - Math.Abs(q - row)) * Math.Max(0, 1 - Math.Abs(p - column));
                    if (weight > 0) sum += weight * inputs[0][(place * shape[3]) + channel];
                }

                return sum;
            }) { Bytes = BytesOf(shape), Scale = 16 };
    }

    private static long BytesOf(Shape shape) => sizeof(float) * ((2 * shape.ElementCount) + (2 * shape.Product(0, 3)));

    /// <summary>The sampling position of an output pixel in its picture, in pixels.</summary>
    private static (double Column, double Row) Position(Shape shape, long place)
    {
        (double u, double v) = Place(shape, place);
        return ((((u + 1) * shape[2]) - 1) / 2, (((v + 1) * shape[1]) - 1) / 2);
    }

    private static (float U, float V) Place(Shape shape, long place)
    {
        double u = ((2.0 * (place % shape[2])) + 1) / shape[2] - 1;
        double v = ((2.0 * (place / shape[2] % shape[1])) + 1) / shape[1] - 1;
        (double sine, double cosine) = (Math.Sin(Turn) * Stretch, Math.Cos(Turn) * Stretch);
        return ((float)((cosine * u) - (sine * v) + 0.05), (float)((sine * u) + (cosine * v)));
    }

    private static float[] Places(Shape shape)
    {
        float[] places = new float[2 * shape.Product(0, 3)];
        for (int place = 0; place < places.Length / 2; place++)
        {
            (places[2 * place], places[(2 * place) + 1]) = Place(shape, place);
        }

        return places;
    }
}
