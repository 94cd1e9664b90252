using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Diffusion;

/// <summary>Launches <c>DdimStep.cu</c>: one step of the DDIM sampler.</summary>
public static class DdimStep
{
    private static readonly KernelSource s_source = Source("Diffusion/DdimStep.cu");

    /// <param name="x">Noisy samples, any shape, floats.</param>
    /// <param name="noiseSeen">The network's prediction of their noise, like <paramref name="x"/>.</param>
    /// <param name="noise">Standard normal numbers, like <paramref name="x"/>; null to add no noise.</param>
    /// <param name="schedule">
    /// The numbers of <see cref="DdimSchedule.For"/>, <c>[5]</c>, Float32; read when the kernel runs, not at the call.
    /// </param>
    /// <param name="clean">Receives the predicted clean samples, like <paramref name="x"/>; or null.</param>
    /// <returns>
    /// The samples at the next noise level, a new tensor of the shape of <paramref name="x"/>; the caller or its scope
    /// disposes it.
    /// </returns>
    /// <exception cref="ArgumentException">Shapes, types or devices do not fit.</exception>
    public static Tensor Forward(Tensor x, Tensor noiseSeen, Tensor? noise, Tensor schedule, Tensor? clean = null)
    {
        Require.Float(x);
        Require.Same(x, noiseSeen);
        if (noise is not null) Require.Same(x, noise);
        if (clean is not null) Require.Same(x, clean);
        Require.Shape(schedule, [DdimSchedule.Length]);
        Require.Kind(schedule, ElementType.Float32, x.Device);

        Tensor y = Tensor.Empty(x.Shape, x.Type, x.Device);
        if (y.ElementCount == 0) return y;
        Kernel kernel = x.Device.Load(s_source, x.Type).Kernel("DdimStep");
        LaunchCost cost = LaunchCost.Of(x, noiseSeen, noise, y, clean);
        LaunchShape shape = LaunchShape.Elements(x.Device, x.ElementCount) with { Cost = cost };
        int isPacked = PackWidths.PackedFlag(x, noiseSeen, noise, y, clean);
        kernel.Launch(shape, x, noiseSeen, noise, schedule, y, clean, x.ElementCount, isPacked);
        return y;
    }
}
