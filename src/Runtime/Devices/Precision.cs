namespace GenKernels.Runtime;

/// <summary>
/// With which numbers networks compute. Whichever it is, parameters, what an optimizer knows of them, sums within
/// kernels, losses and what layers call delicate have 32 bits.
/// </summary>
/// <remarks>
/// Sources: Micikevicius et al. 2018, Mixed Precision Training (activations of 16 bits, parameters of 32, scaled
/// losses); Kalamkar et al. 2019, A Study of BFLOAT16 for Deep Learning Training (no scale is needed with 8 bits of
/// exponent); NVIDIA 2020, A100 Tensor Core GPU Architecture (TF32).
/// </remarks>
public sealed class Precision
{
    private readonly string _meaning;

    private Precision(
        string name, string meaning, ElementType activations, MatrixPrecision matrix, bool scalesLosses = false)
    {
        (Name, _meaning, Activations, Matrix, ScalesLosses) = (name, meaning, activations, matrix, scalesLosses);
    }

    /// <summary>32-bit floats alone, and nothing is rounded that they would keep.</summary>
    public static Precision Fp32 { get; } = new(
        "fp32", "32-bit floats, multiplied exactly", ElementType.Float32, MatrixPrecision.Exact);

    /// <summary>32-bit floats, which tensor cores multiply.</summary>
    public static Precision Tf32 { get; } = new(
        "tf32", "32-bit floats, factors of products rounded to 10 bits of fraction", ElementType.Float32,
        MatrixPrecision.Tf32);

    /// <summary>Activations with the range of 32-bit floats and 7 bits of fraction.</summary>
    public static Precision Bf16 { get; } = new(
        "bf16", "activations of 16 bits, 8 of them exponent; weights, sums and losses of 32", ElementType.BFloat16,
        MatrixPrecision.Exact);

    /// <summary>Activations with 10 bits of fraction and a small range, into which the losses are scaled.</summary>
    public static Precision Fp16 { get; } = new(
        "fp16", "activations of 16 bits, 5 of them exponent; weights, sums and scaled losses of 32",
        ElementType.Float16, MatrixPrecision.Exact, scalesLosses: true);

    /// <summary>All that there are.</summary>
    public static IReadOnlyList<Precision> All { get; } = [Fp32, Tf32, Bf16, Fp16];

    /// <summary>The names of all, for people.</summary>
    public static string Names => string.Join(", ", All.Select(precision => precision.Name));

    /// <summary>A short word for it, such as <c>bf16</c>.</summary>
    public string Name { get; }

    /// <summary>The type of what passes from layer to layer.</summary>
    public ElementType Activations { get; }

    /// <summary>
    /// How products and convolutions of 32-bit floats multiply. Beside activations of 16 bits only delicate ones
    /// remain, which are few, and they are exact: one logit that is rounded changes the whole gradient of its clip.
    /// </summary>
    public MatrixPrecision Matrix { get; }

    /// <summary>Whether losses are multiplied, so that gradients of 16 bits neither vanish nor overflow.</summary>
    public bool ScalesLosses { get; }

    /// <returns>The one of that name, or null.</returns>
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
