using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.MatrixProduct;
using GenKernels.Runtime;
using GenKernels.Runtime.Interop;

namespace GenKernels.Benchmarks.Kernels.MatrixProduct;

/// <summary>Matrix products on a GPU's tensor cores: linear layers with their epilogues.</summary>
public class MatMulTensorBenchmarks : KernelBenchmarks
{
    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
    [
        .. WithPeer(ElementType.BFloat16, 1024, 1280, 1280, Activation.Linear),
        .. WithPeer(ElementType.BFloat16, 4096, 320, 1280, Activation.Swish),
        .. WithPeer(ElementType.Float16, 154, 768, 3072, Activation.Swish),
        .. WithPeer(ElementType.Float16, 16, 512, 8192, Activation.LeakyRelu),
        .. WithPeer(ElementType.Float32, 16, 512, 512, Activation.LeakyRelu),
        .. InTiles(),
    ];

    private static IEnumerable<KernelCase> InTiles() => ProductTilings.Of(
        Layer(ElementType.BFloat16, 4096, 1280, 1280, Activation.Linear), (inputs, y, tiling) =>
        {
            ProductEpilogue epilogue = new(inputs[2], BiasActivationOptions.For(Activation.Linear));
            MatMulTensor.Launch(inputs[0], inputs[1], y, epilogue, false, transposeW: true, tiling);
        });

    internal static KernelCase Layer(ElementType type, int rows, int outputs, int depth, Activation activation)
    {
        BiasActivationOptions options = BiasActivationOptions.For(activation);
        return new KernelCase(
            $"{activation}([{rows}, {depth}] by [{outputs}, {depth}]' + bias)",
            [[1, rows, depth], [1, outputs, depth], [outputs]], [1, rows, outputs],
            inputs => MatMul.Forward(inputs[0], inputs[1], new ProductEpilogue(inputs[2], options), transposeW: true),
            Element)
        { Type = type, Operations = 2L * rows * outputs * depth, Scale = Math.Sqrt(depth) };

        double Element(float[][] inputs, long index)
        {
            (long row, long column) = (index / outputs, index % outputs);
            double sum = inputs[2][column];
            for (int p = 0; p < depth; p++)
            {
                sum += (double)Stored(inputs[0][(row * depth) + p]) * Stored(inputs[1][(column * depth) + p]);
            }

            double value = activation switch
            {
                Activation.LeakyRelu => sum > 0 ? sum : options.Slope * sum,
                Activation.Swish => sum / (1 + Math.Exp(-sum)),
                _ => sum,
            };
            return options.Gain * value;
        }

        float Stored(float value) => type switch
        {
            ElementType.Float16 => (float)(Half)value,
            ElementType.BFloat16 => (float)(BFloat16)value,
            _ => value,
        };
    }

    private static IEnumerable<KernelCase> WithPeer(
        ElementType type, int rows, int outputs, int depth, Activation activation) =>
        Layer(type, rows, outputs, depth, activation).Beside(
            NativeLibraries.CuBlasLt, inputs => MatMulBenchmarks.ByLibrary(
                inputs[0], inputs[1], [1, rows, outputs],
                new ProductEpilogue(inputs[2], BiasActivationOptions.For(activation)), transposeX: false,
                transposeW: true));
}
