using GenKernels.Kernels.Attention;
using Attentions = GenKernels.Kernels.Attention.Attention;

namespace GenKernels.Tests.Kernels.Attention;

[TestFixtureSource(typeof(AttentionTensorTests), nameof(AttentionTensorTests.Devices))]
public sealed class AttentionTensorGradientTests(Device device)
{
    private static AttentionSetting[] Settings => AttentionTensorTests.Settings;

    private static ElementType[] Types => AttentionTensor.Types;

    [Test]
    public void GradientsMatchTheFormula(
        [ValueSource(nameof(Settings))] AttentionSetting setting, [ValueSource(nameof(Types))] ElementType type)
    {
        using TensorScope scope = device.Scope();
        (Tensor q, Tensor k, Tensor v, Tensor dy) = setting.Inputs(device, type);
        (Tensor y, Tensor rows) = Attentions.Forward(q, k, v, setting.Options);
        (Tensor dq, Tensor dk, Tensor dv) = AttentionGradient.Forward(q, k, v, y, rows, dy, setting.Options);
        (double[] expectedQ, double[] expectedK, double[] expectedV) =
            setting.Gradients(q.ToDoubles(), k.ToDoubles(), v.ToDoubles(), dy.ToDoubles());
        Expect.CloseSums(dq, expectedQ, "dq");
        Expect.CloseSums(dk, expectedK, "dk");
        Expect.CloseSums(dv, expectedV, "dv");
    }
}
