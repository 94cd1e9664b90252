namespace GenKernels.Kernels.Convolution;

/// <summary>The numbers of a demodulation, which depend on the sizes and on the type of the activations.</summary>
/// <param name="FanIn">Terms of each sum of the convolution: taps times input channels.</param>
/// <param name="Type">
/// Type of the activations. Weights and styles of half precision are divided by their largest magnitudes, and the
/// weights by the root of <paramref name="FanIn"/>: sums of their products would otherwise overflow.
/// </param>
/// <remarks>Source: Brooks et al. 2022, Generating Long Videos of Dynamic Scenes, appendix B.</remarks>
public readonly record struct DemodulationOptions(long FanIn, ElementType Type)
{
    /// <summary>Added to the variance, relative to the squared product of the two largest magnitudes.</summary>
    public float Epsilon => 1e-8f * FanIn;

    /// <summary>The root of <see cref="FanIn"/> where weights are normalised, otherwise 0.</summary>
    public float Root => IsNormalized ? MathF.Sqrt(FanIn) : 0;

    /// <summary>Whether weights and styles are divided by their largest magnitudes.</summary>
    public bool IsNormalized => Type == ElementType.Float16;
}
