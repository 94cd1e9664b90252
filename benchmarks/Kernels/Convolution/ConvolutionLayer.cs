using GenKernels.Kernels.Convolution;
using GenKernels.Kernels.MatrixProduct;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Convolution;

/// <summary>A convolution with stride 1 and size-preserving padding, like every layer of the networks.</summary>
internal sealed record ConvolutionLayer(Shape X, Shape W)
{
    /// <summary>
    /// Layers for one clip of the small preset: the generator's last temporal and last spatial block, an early and a
    /// late block of the discriminator, and the layer to RGB; then a block of the thesis's generator.
    /// </summary>
    internal static ConvolutionLayer[] All =>
    [
        new([1, 80, 9, 16, 64], [64, 3, 3, 3, 64]),
        new([1, 64, 36, 64, 32], [32, 1, 3, 3, 32]),
        new([1, 64, 32, 32, 32], [64, 5, 3, 3, 32]),
        new([1, 16, 8, 8, 128], [256, 5, 3, 3, 128]),
        new([1, 64, 36, 64, 32], [3, 1, 1, 1, 32]),
        new([1, 24, 3, 4, 512], [512, 3, 3, 3, 512]),
    ];

    /// <summary>Layers of the thesis's generator for 128 frames: four temporal ones, and the last.</summary>
    internal static ConvolutionLayer[] OfThesis =>
    [
        new([1, 24, 3, 4, 512], [512, 3, 3, 3, 512]),
        new([1, 48, 5, 8, 512], [512, 3, 3, 3, 512]),
        new([1, 80, 9, 16, 512], [512, 3, 3, 3, 512]),
        new([1, 144, 9, 16, 256], [256, 3, 3, 3, 256]),
        new([1, 128, 36, 64, 64], [64, 1, 3, 3, 64]),
    ];

    internal Shape Y => X.With(4, W[0]);

    private ConvolutionPlan Plan => ConvolutionPlan.Forward(X, W, Options);

    internal Triple Padding => new(W[1] / 2, W[2] / 2, W[3] / 2);

    internal ConvolutionOptions Options => ConvolutionOptions.Padded(Padding);

    internal long Operations => 2 * Y.ElementCount * W.Product(1, 5);

    /// <returns>The result by cuDNN, from activations and weights.</returns>
    internal Tensor ForwardByLibrary(Tensor[] inputs)
    {
        Tensor y = Tensor.Empty(Y, inputs[0].Type, inputs[0].Device);
        ConvolutionLibrary.Launch(inputs[0], inputs[1], y, ProductEpilogue.None, Plan);
        return y;
    }

    /// <returns>The gradient of the activations by cuDNN, from the upstream gradient and the weights.</returns>
    internal Tensor DataGradientByLibrary(Tensor[] inputs)
    {
        Tensor dx = Tensor.Empty(X, inputs[0].Type, inputs[0].Device);
        ConvolutionLibrary.LaunchDataGradient(inputs[0], inputs[1], dx, Plan);
        return dx;
    }

    /// <returns>The gradient of the weights by cuDNN, from the activations and the upstream gradient.</returns>
    internal Tensor WeightGradientByLibrary(Tensor[] inputs)
    {
        Tensor dw = Tensor.Empty(W, inputs[0].Type, inputs[0].Device);
        ConvolutionLibrary.LaunchWeightGradient(inputs[0], inputs[1], dw, Plan);
        return dw;
    }

    /// <returns>The input position that output <paramref name="place"/> reads at a tap, or -1 beyond the
    /// border.</returns>
    internal long Source(long place, int tap)
    {
        long w = (place % X[3]) + (tap % W[3]) - (W[3] / 2);
        long h = (place / X[3] % X[2]) + (tap / W[3] % W[2]) - (W[2] / 2);
        long t = (place / X[3] / X[2] % X[1]) + (tap / W[3] / W[2]) - (W[1] / 2);
        bool isInside = w >= 0 && w < X[3] && h >= 0 && h < X[2] && t >= 0 && t < X[1];
        return isInside ? (((((place / X[3] / X[2] / X[1] * X[1]) + t) * X[2]) + h) * X[3]) + w : -1;
    }
}
