using GenKernels.Autograd;
using GenKernels.Kernels.Random;

namespace GenKernels.Tests.Autograd;

/// <summary>
/// Layers in sequence times a gain, with a float and an integer buffer; a width of 5 leaves gaps in an arena.
/// </summary>
internal sealed class TestNetwork : Module
{
    private readonly ModuleList<TestLayer> _layers;

    internal TestNetwork(
        RandomGenerator generator, int width = 5, int depth = 2, ElementType type = ElementType.Float32)
    {
        Gain = Register("gain", Parameter.Full([], 1.5f, generator.Device, type: type));
        _layers = Register(
            "temporal_layers",
            new ModuleList<TestLayer>(Enumerable.Range(0, depth).Select(_ => new TestLayer(width, generator, type))));
        Filter = Register("filter", new StateBuffer(Tensor.From([1f, 3, 3, 1], [2, 2], generator.Device)));
        Count = Register("count", new StateBuffer(Tensor.From([7L], [], generator.Device)));
    }

    internal Parameter Gain { get; }

    internal StateBuffer Filter { get; }

    internal StateBuffer Count { get; }

    internal IReadOnlyList<TestLayer> Layers => _layers;

    internal Variable Forward(Variable x)
    {
        foreach (TestLayer layer in _layers) x = layer.Forward(x);
        return x * Gain;
    }
}
