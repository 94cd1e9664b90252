using GenKernels.Autograd;

namespace GenKernels.Tests.Autograd;

public sealed class LinearTests
{
    [Test]
    public void RejectsMoreRowsThanKernelsCount()
    {
        using Tensor x = Tensor.Zeros([1 << 16, 1 << 16, 0], ElementType.Float32, TestDevices.Usual);
        using Tensor w = Tensor.Zeros([3, 0], ElementType.Float32, TestDevices.Usual);
        Assert.That(
            () => new Variable(x).Linear(new Variable(w)),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                "LinearOperation: axes 0 to 1 of x must have less than 2^31 elements, got shape [65536, 65536, 0]"));
    }
}
