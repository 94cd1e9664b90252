using GenKernels.Runtime;

namespace GenKernels.Benchmarks;

/// <summary>One thing to time: a kernel at a shape that a model has.</summary>
/// <param name="Name">For the table: what is computed of which shape.</param>
/// <param name="Inputs">Shapes of the inputs, which are uniform in [-1, 1].</param>
/// <param name="Output">Shape of the result.</param>
/// <param name="Launch">Makes the result of the inputs.</param>
/// <param name="Expected">The formula: element i of the result, from the inputs in row-major order.</param>
public sealed record KernelCase(
    string Name, Shape[] Inputs, Shape Output, Func<Tensor[], Tensor> Launch, Func<float[][], long, double> Expected)
{
    /// <summary>Of inputs and result.</summary>
    public ElementType Type { get; init; } = ElementType.Float32;

    /// <summary>Which inputs have 32 bits whatever the type, such as filters.</summary>
    internal int[] WideInputs { get; init; } = [];

    /// <summary>
    /// Bytes that must move at least: every input read once, the result written once, unless said otherwise.
    /// </summary>
    public long Bytes { get => field != 0 ? field : BytesOfAll; init; }

    /// <summary>Floating-point operations, where they are the bound; 0 where memory is.</summary>
    public long Operations { get; init; }

    /// <summary>
    /// What rounding is relative to where results are small beside what they sum: the root of the terms.
    /// </summary>
    public double Scale { get; init; } = 1;

    /// <summary>The case that a library's row is to be held against; null for our own.</summary>
    internal string? PeerOf { get; init; }

    /// <summary>What inputs and result occupy.</summary>
    internal long BytesOfAll => (Inputs.Sum(shape => shape.ElementCount) + Output.ElementCount) * Type.Size();

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Type}";
}
