using GenKernels.Benchmarks.Kernels.MatrixProduct;
using GenKernels.Kernels.Elementwise;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Comparison;

/// <content>Linear layers with their epilogues.</content>
internal static partial class WorkCatalog
{
    private static IEnumerable<ComparedWork> LinearLayers()
    {
        (int Rows, int Outputs, int Depth)[] layers = [(16, 512, 512), (160, 512, 1024)];
        foreach ((int rows, int outputs, int depth) in layers)
        {
            KernelCase layer = MatMulTensorBenchmarks.Layer(
                ElementType.Float32, rows, outputs, depth, Activation.LeakyRelu);
            yield return Operations<MatMulTensorBenchmarks>(
                $"linear and rectifier {rows}x{outputs} {depth}", layer);
        }
    }
}
