using GenKernels.Kernels.Movement;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Movement;

/// <summary>
/// The permutation to channels-last of a file's tensors, and the weights of a generator's largest layers for the
/// gradients of their inputs.
/// </summary>
public class TransposeBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
    [
        Transposed(256, 160 * 9 * 16, ElementType.Float32),
        Transposed(1024, 8192, ElementType.Float32), Transposed(1024, 8192, ElementType.BFloat16),
        Transposed(1000, 3001, ElementType.Float32),
    ];

    private static KernelCase Transposed(int rows, int columns, ElementType type) => new(
        $"Permute [{rows}, {columns}]", [[rows, columns]], [columns, rows],
        inputs => StridedCopy.Permute(inputs[0], 1, 0),
        (inputs, index) => inputs[0][(index % rows * columns) + (index / rows)]) { Type = type };
}
