using GenKernels.Kernels.Filtering;
using GenKernels.Kernels.Reduction;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Filtering;

/// <summary>Layers of the super-resolution generator: the value alone, and value and gradients of a training step.
/// </summary>
public class FilteredLeakyReluBenchmarks : KernelBenchmarks
{
    // Sums of some hundred products are about this large.
    private const double Scale = 100;

    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases =>
        [.. FilteredLayer.OfThesis.Select(Forward), .. FilteredLayer.OfThesis.Select(Training)];

    internal static KernelCase Forward(FilteredLayer layer) => new(
        $"{layer.Name}", Inputs(layer), layer.Output,
        inputs => FilteredLeakyRelu.Forward(
            inputs[0], inputs[1], inputs[2], inputs[3], layer.Options, withSigns: false).Y,
        (inputs, index) =>
        {
            (int row, int column, int channel) = Place(layer.Output, index);
            return layer.Value(inputs, row, column, channel);
        })
    {
        Operations = layer.Operations,
        Scale = Scale,
    };

    /// <summary>The gradients of image and bias take the filters once more.</summary>
    internal static KernelCase Training(FilteredLayer layer) => new(
        $"{layer.Name} and gradients", [.. Inputs(layer), layer.Output], layer.Input, inputs => Train(layer, inputs),
        (inputs, index) =>
        {
            (int row, int column, int channel) = Place(layer.Input, index);
            return layer.Gradient(inputs, row, column, channel);
        })
    {
        Bytes = 2 * sizeof(float) * (layer.Input.ElementCount + layer.Output.ElementCount),
        Operations = 2 * layer.Operations,
        Scale = Scale,
    };

    private static Shape[] Inputs(FilteredLayer layer) =>
        [layer.Input, [layer.Input[3]], [layer.UpTaps], [layer.DownTaps]];

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
