namespace GenKernels.Tests.Support;

/// <summary>Tensors with known contents.</summary>
public static class TestTensors
{
    /// <returns>Standard normal numbers, the same for a seed on every device, rounded to the type.</returns>
    public static Tensor Normal(Shape shape, int seed, Device device, ElementType type = ElementType.Float32)
    {
        Random random = new(seed);
        double[] values = new double[shape.ElementCount];
        for (int index = 0; index < values.Length; index++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            values[index] = radius * Math.Cos(2 * Math.PI * random.NextDouble());
        }

        return From(values, shape, device, type);
    }

    /// <returns>A tensor of any float type from doubles.</returns>
    public static Tensor From(double[] values, Shape shape, Device device, ElementType type) => type switch
    {
        ElementType.Float64 => Tensor.From(values, shape, device),
        ElementType.Float32 => Tensor.From(Array.ConvertAll(values, value => (float)value), shape, device),
        ElementType.Float16 => Tensor.From(Array.ConvertAll(values, value => (Half)value), shape, device),
        ElementType.BFloat16 => Tensor.From(Array.ConvertAll(values, value => (BFloat16)(float)value), shape, device),
        _ => throw new ArgumentException($"{type} is no float type"),
    };

    /// <returns>The elements of a tensor of a float type, in row-major order.</returns>
    public static double[] ToDoubles(this Tensor tensor) => tensor.Type switch
    {
        ElementType.Float64 => tensor.ToArray<double>(),
        ElementType.Float32 => Array.ConvertAll(tensor.ToArray<float>(), value => (double)value),
        ElementType.Float16 => Array.ConvertAll(tensor.ToArray<Half>(), value => (double)value),
        ElementType.BFloat16 => Array.ConvertAll(tensor.ToArray<BFloat16>(), value => (double)(float)value),
        _ => throw new ArgumentException($"{tensor.Type} is no float type"),
    };

    /// <returns>The elements of a matrix.</returns>
    public static double[,] ToMatrix(this Tensor tensor)
    {
        double[] values = tensor.ToDoubles();
        double[,] matrix = new double[tensor.Shape[0], tensor.Shape[1]];
        Buffer.BlockCopy(values, 0, matrix, 0, values.Length * sizeof(double));
        return matrix;
    }
}
