using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.Filtering;
using GenKernels.Kernels.Reduction;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Filtering;

/// <summary>Layers of the super-resolution generator: the forward pass alone, and forward and gradients as in a
/// training step.</summary>
public class FilteredLeakyReluBenchmarks : KernelBenchmarks
{
    // Magnitude of a sum of some hundred products.
    private const double Scale = 100;
    private static readonly int[] s_filters = [2, 3];

    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
    [
        .. Layers.Select(Forward), .. FilteredLayer.Radial.Select(InSteps), .. Layers.Select(Training),
    ];

    private static FilteredLayer[] Layers => [.. FilteredLayer.OfThesis, .. FilteredLayer.Radial];

    internal static KernelCase Forward(FilteredLayer layer) => new(
        $"{layer.Name}", layer.Inputs, layer.Output,
        inputs => FilteredLeakyRelu.Forward(
            inputs[0], inputs[1], inputs[2], inputs[3], layer.Options, withSigns: false).Y,
        (inputs, index) =>
        {
            (int row, int column, int channel) = Place(layer.Output, index);
            return layer.Value(inputs, row, column, channel);
        })
    {
        WideInputs = s_filters,
        Operations = layer.Operations,
        Scale = Scale,
    };

    /// <summary>Without the fused kernel: each filter and the activation write their result to memory.</summary>
    private static KernelCase InSteps(FilteredLayer layer) => Forward(layer) with
    {
        Name = $"{layer.Name}, in steps",
        Launch = inputs => InSteps(inputs[0], inputs[1], inputs[2], inputs[3], layer.Options),
    };

    private static Tensor InSteps(Tensor x, Tensor bias, Tensor up, Tensor down, FilteredLeakyReluOptions options)
    {
        using Tensor biased = BiasActivation.Forward(x, bias, new(Activation.Linear, Gain: 1));
        using Tensor upper = Upfirdn.Forward(biased, up, 1, options.Up, 1, options.Top, options.Bottom);
        using Tensor middle = Upfirdn.Forward(
            upper, up, 2, options.Up, 1, options.Left, options.Right, gain: options.Up * options.Up);
        BiasActivationOptions activation = new(Activation.LeakyRelu, options.Gain, options.Clamp, options.Slope);
        using Tensor active = BiasActivation.Forward(middle, null, activation);
        return Upfirdn2d.Forward(active, down, options.DownBoth, options.DownBoth, flip: false, gain: 1);
    }

    /// <summary>The gradients of image and bias apply the filters once more.</summary>
    internal static KernelCase Training(FilteredLayer layer) => new(
        $"{layer.Name} and gradients", [.. layer.Inputs, layer.Output], layer.Input, inputs => Train(layer, inputs),
        (inputs, index) =>
        {
            (int row, int column, int channel) = Place(layer.Input, index);
            return layer.Gradient(inputs, row, column, channel);
        })
    {
        WideInputs = s_filters,
        Bytes = 2 * sizeof(float) * (layer.Input.ElementCount + layer.Output.ElementCount),
        Operations = layer.Operations + layer.AdjointOperations,
        Scale = Scale,
    };

    private static Tensor Train(FilteredLayer layer, Tensor[] inputs)
    {
        (Tensor y, Tensor? signs) = FilteredLeakyRelu.Forward(
            inputs[0], inputs[1], inputs[2], inputs[3], layer.Options, withSigns: true);
        using (y)
        using (signs)
        {
            Tensor dx = FilteredLeakyRelu.Linear(
                inputs[4], signs!, inputs[2], inputs[3], layer.Options, layer.Input, isAdjoint: true);
            using Tensor db = Reduce.Forward(ReduceKind.Sum, dx, 0, 3);
            return dx;
        }
    }

    private static (int Row, int Column, int Channel) Place(Shape shape, long index)
    {
        (long pixel, long channel) = Math.DivRem(index, shape[3]);
        return ((int)(pixel / shape[2]), (int)(pixel % shape[2]), (int)channel);
    }
}
