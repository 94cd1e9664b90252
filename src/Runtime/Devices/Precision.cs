namespace GenKernels.Runtime;

/// <summary>
/// The number formats that networks compute in. In every one of them parameters, optimizer state, accumulators within
/// kernels, losses and what layers declare delicate have 32 bits.
/// </summary>
/// <remarks>
/// Sources: Micikevicius et al. 2018, Mixed Precision Training (16-bit activations, 32-bit parameters, loss scaling);
/// Kalamkar et al. 2019, A Study of BFLOAT16 for Deep Learning Training (no loss scaling with 8 exponent bits); NVIDIA
/// 2020, A100 Tensor Core GPU Architecture (TF32).
/// </remarks>
public sealed class Precision
{
    private readonly string _meaning;

    private Precision(
        string name, string meaning, ElementType activations, MatrixPrecision matrix, bool scalesLosses = false)
    {
        (Name, _meaning, Activations, Matrix, ScalesLosses) = (name, meaning, activations, matrix, scalesLosses);
    }

    /// <summary>32-bit floats throughout, with factors unrounded.</summary>
    public static Precision Fp32 { get; } = new(
        "fp32", "32-bit floats, multiplied exactly", ElementType.Float32, MatrixPrecision.Exact);

    /// <summary>32-bit floats, whose products tensor cores compute in TF32.</summary>
    public static Precision Tf32 { get; } = new(
        "tf32", "32-bit floats, factors of products rounded to 10 bits of fraction", ElementType.Float32,
        MatrixPrecision.Tf32);

    /// <summary>Activations in bfloat16: the range of 32-bit floats and 7 fraction bits.</summary>
    public static Precision Bf16 { get; } = new(
        "bf16", "activations of 16 bits, 8 of them exponent; weights, sums and losses of 32", ElementType.BFloat16,
        MatrixPrecision.Exact);

    /// <summary>Activations in IEEE half: 10 fraction bits and a small range, so that losses are scaled.</summary>
    public static Precision Fp16 { get; } = new(
        "fp16", "activations of 16 bits, 5 of them exponent; weights, sums and scaled losses of 32",
        ElementType.Float16, MatrixPrecision.Exact, scalesLosses: true);

    /// <summary>All precisions.</summary>
    public static IReadOnlyList<Precision> All { get; } = [Fp32, Tf32, Bf16, Fp16];

    /// <summary>The names of all, comma-separated, for messages.</summary>
    public static string Names => string.Join(", ", All.Select(precision => precision.Name));

    /// <summary>The short name, such as <c>bf16</c>.</summary>
    public string Name { get; }

    /// <summary>The element type of activations between layers.</summary>
    public ElementType Activations { get; }

    /// <summary>
    /// How matrix products and convolutions of 32-bit floats multiply. With 16-bit activations only the delicate ones
    /// are left in 32 bits; they are few, and stay exact: rounding one logit changes the whole gradient of its clip.
    /// </summary>
    public MatrixPrecision Matrix { get; }

    /// <summary>Whether losses are scaled, so that 16-bit gradients neither underflow nor overflow.</summary>
    public bool ScalesLosses { get; }

    /// <returns>The precision of that name, or null.</returns>
    public static Precision? Find(string? name) => All.FirstOrDefault(precision => precision.Name == name);

    /// <returns>The name and what it means on a device, in a few words.</returns>
    public string Describe(Device device)
    {
        bool isExact = this == Tf32 && device.WarpSize == 1;
        return $"{Name} ({_meaning}{(isExact ? $"; {device.Name} multiplies exactly" : "")})";
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
