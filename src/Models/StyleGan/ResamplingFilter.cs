namespace GenKernels.Models.StyleGan;

/// <summary>A resampling filter, kept in the network's state.</summary>
public sealed class ResamplingFilter : Module
{
    /// <param name="taps">Designed in double precision.</param>
    /// <param name="initializer">Puts the buffer on its device.</param>
    /// <param name="name">Name of the buffer.</param>
    public ResamplingFilter(double[] taps, Initializer initializer, string name = "filter") =>
        Taps = Register(name, initializer.Filter(taps)).Value;

    /// <summary>The taps, <c>[K]</c>.</summary>
    public Tensor Taps { get; }
}
