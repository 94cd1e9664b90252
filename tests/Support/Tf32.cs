namespace GenKernels.Tests.Support;

/// <summary>The rounding of 32-bit floats that tensor cores see.</summary>
public static class Tf32
{
    /// <returns>A tensor's values as tensor cores see them; 16-bit floats are unchanged.</returns>
    public static double[] Read(Tensor x) =>
        x.Type == ElementType.Float32 ? Array.ConvertAll(x.ToDoubles(), Rounded) : x.ToDoubles();

    /// <returns>A product as it is passed to tensor cores: rounded to the type, or to TF32 for 32-bit floats.</returns>
    public static double Rounded(double value, ElementType type) => type switch
    {
        ElementType.Float32 => Rounded((float)value),
        ElementType.Float16 => (double)(Half)value,
        _ => (float)(BFloat16)(float)value,
    };

    /// <returns>The nearest number with a fraction of 10 bits, ties away from zero.</returns>
    public static double Rounded(double value)
    {
        if (value == 0 || !double.IsFinite(value)) return value;
        double unit = Math.Pow(2, Math.Floor(Math.Log2(Math.Abs(value))) - 10);
        return Math.Round(value / unit, MidpointRounding.AwayFromZero) * unit;
    }
}
