using GenKernels.Runtime;

namespace GenKernels.Benchmarks;

/// <summary>One thing to time: a kernel at a shape that occurs in a model.</summary>
/// <param name="Name">Name in the table: the computation and its shape.</param>
/// <param name="Inputs">Shapes of the inputs, whose values are uniform in [-1, 1].</param>
/// <param name="Output">Shape of the result.</param>
/// <param name="Launch">Computes the result from the inputs.</param>
/// <param name="Expected">The formula: element i of the result, from the inputs in row-major order.</param>
public sealed record KernelCase(
    string Name, Shape[] Inputs, Shape Output, Func<Tensor[], Tensor> Launch, Func<float[][], long, double> Expected)
{
    /// <summary>Type of inputs and result.</summary>
    public ElementType Type { get; init; } = ElementType.Float32;

    /// <summary>Indices of inputs that stay in 32 bits whatever the type, such as filters.</summary>
    internal int[] WideInputs { get; init; } = [];

    /// <summary>Bytes that must move at least: by default every input read once and the result written once.</summary>
    public long Bytes { get => field != 0 ? field : BytesOfAll; init; }

    /// <summary>Floating-point operations, if the kernel is compute-bound; 0 if it is memory-bound.</summary>
    public long Operations { get; init; }

    /// <summary>
    /// Magnitude that rounding errors are relative to if results are small beside the terms they sum: the square root
    /// of the number of terms.
    /// </summary>
    public double Scale { get; init; } = 1;

    /// <summary>The case that a library's row is compared with; null for our own cases.</summary>
    internal string? PeerOf { get; init; }

    /// <summary>Size of inputs and result, in bytes.</summary>
    internal long BytesOfAll => (Inputs.Sum(shape => shape.ElementCount) + Output.ElementCount) * Type.Size();

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Type}";
}
