namespace GenKernels.Tests.Support;

/// <summary>What tensor cores read of a 32-bit float.</summary>
public static class Tf32
{
    /// <returns>What tensor cores read of a tensor: 16-bit floats as they are.</returns>
    public static double[] Read(Tensor x) =>
        x.Type == ElementType.Float32 ? Array.ConvertAll(x.ToDoubles(), Rounded) : x.ToDoubles();

    /// <returns>A product as tensor cores are given it: rounded to the type, 32-bit floats as above.</returns>
    public static double Rounded(double value, ElementType type) => type switch
    {
        ElementType.Float32 => Rounded((float)value),
        ElementType.Float16 => (double)(Half)value,
        _ => (float)(BFloat16)(float)value,
    };

    /// <returns>The nearest number with 10 bits of fraction, ties away from zero.</returns>
    public static double Rounded(double value)
    {
        if (value == 0 || !double.IsFinite(value)) return value;
        double unit = Math.Pow(2, Math.Floor(Math.Log2(Math.Abs(value))) - 10);
        return Math.Round(value / unit, MidpointRounding.AwayFromZero) * unit;
    }
}
