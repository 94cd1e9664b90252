namespace GenKernels.Autograd;

/// <summary>Noises every sample to its own level; linear in samples and noise.</summary>
public static class ForwardDiffusionOperation
{
    /// <summary>Differentiable to any order with respect to samples and noise.</summary>
    /// <remarks>dx = signal[t] g, d(noise) = spread[t] g.</remarks>
    /// <inheritdoc cref="Kernels.Diffusion.ForwardDiffusion.Forward"/>
    public static Variable ForwardDiffusion(
        this Variable x, Variable noise, Tensor level, Tensor signal, Tensor spread)
    {
        Tensor value = Kernels.Diffusion.ForwardDiffusion.Forward(x.Value, noise.Value, level, signal, spread);
        return Variable.FromOperation(nameof(ForwardDiffusion), value, [x, noise], (_, g, needed) =>
        [
            needed[0] ? g.ScaleByLevel(level, signal) : null,
            needed[1] ? g.ScaleByLevel(level, spread) : null,
        ]);
    }

    /// <remarks>dx = table[t] g.</remarks>
    /// <inheritdoc cref="Kernels.Diffusion.ForwardDiffusion.Scale"/>
    public static Variable ScaleByLevel(this Variable x, Tensor level, Tensor table)
    {
        Tensor value = Kernels.Diffusion.ForwardDiffusion.Scale(x.Value, level, table);
        return Variable.FromOperation(nameof(ScaleByLevel), value, [x], (_, g) => [g.ScaleByLevel(level, table)]);
    }
}
