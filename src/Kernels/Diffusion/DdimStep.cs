using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Diffusion;

/// <summary>Launches <c>DdimStep.cu</c>: one step of the DDIM sampler.</summary>
public static class DdimStep
{
    private static readonly KernelSource s_source = Source("Diffusion/DdimStep.cu");

    /// <param name="x">Noisy samples, any shape, floats.</param>
    /// <param name="noiseSeen">The noise that the network sees in them, as <paramref name="x"/>.</param>
    /// <param name="noise">Standard normal numbers, as <paramref name="x"/>; null in a step that adds none.</param>
    /// <param name="schedule">
    /// What <see cref="DdimSchedule.For"/> gives, <c>[5]</c>, Float32; read when the device comes to it.
    /// </param>
    /// <param name="clean">Set to the clean samples predicted, as <paramref name="x"/>; null to do without.</param>
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
