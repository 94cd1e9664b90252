using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Diffusion;

/// <summary>Launches <c>EulerAncestralStep.cu</c>: one step of the ancestral Euler sampler.</summary>
public static class EulerAncestralStep
{
    private static readonly KernelSource s_source = Source("Diffusion/EulerAncestralStep.cu");

    /// <param name="x">Noisy samples, any shape, floats.</param>
    /// <param name="denoised">The network's prediction of the clean samples, like <paramref name="x"/>.</param>
    /// <param name="noise">Standard normal numbers, like <paramref name="x"/>; null to add no noise.</param>
    /// <param name="schedule">
    /// The numbers of <see cref="EulerAncestralSchedule.For"/>, <c>[3]</c>, Float32; read when the kernel runs, not at
    /// the call.
    /// </param>
    /// <returns>
    /// The samples at the next noise level, a new tensor of the shape of <paramref name="x"/>; the caller or its scope
    /// disposes it.
    /// </returns>
    /// <exception cref="ArgumentException">Shapes, types or devices do not fit.</exception>
    public static Tensor Forward(Tensor x, Tensor denoised, Tensor? noise, Tensor schedule)
    {
        Require.Float(x);
        Require.Same(x, denoised);
        if (noise is not null) Require.Same(x, noise);
        Require.Shape(schedule, [EulerAncestralSchedule.Length]);
        Require.Kind(schedule, ElementType.Float32, x.Device);

        Tensor y = Tensor.Empty(x.Shape, x.Type, x.Device);
        if (y.ElementCount == 0) return y;
        Kernel kernel = x.Device.Load(s_source, x.Type).Kernel("EulerAncestralStep");
        LaunchCost cost = LaunchCost.Of(x, denoised, noise, y);
        LaunchShape shape = LaunchShape.Elements(x.Device, x.ElementCount) with { Cost = cost };
        int isPacked = PackWidths.PackedFlag(x, denoised, noise, y);
        kernel.Launch(shape, x, denoised, noise, schedule, y, x.ElementCount, isPacked);
        return y;
    }
}
