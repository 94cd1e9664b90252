using GenKernels.Autograd;
using GenKernels.Kernels.Random;

namespace GenKernels.Tests.Autograd;

/// <summary>tanh(x weight + bias).</summary>
internal sealed class TestLayer : Module
{
    private readonly Parameter _weight;
    private readonly Parameter _bias;

    internal TestLayer(int width, RandomGenerator generator, ElementType type)
    {
        _weight = Register("weight_0", Parameter.Normal([width], 1, generator, type: type));
        _bias = Register("bias_0", Parameter.Full([width], 0.125f, generator.Device, type: type));
    }

    internal Variable Forward(Variable x) => (x * _weight + _bias).Tanh();
}
