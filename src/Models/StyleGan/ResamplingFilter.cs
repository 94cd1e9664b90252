namespace GenKernels.Models.StyleGan;

/// <summary>The filter of a change of rate, kept with the network's state.</summary>
public sealed class ResamplingFilter : Module
{
    /// <param name="taps">Designed in double precision.</param>
    /// <param name="initializer">Says where the buffer lies.</param>
    /// <param name="name">Of the buffer.</param>
    public ResamplingFilter(double[] taps, Initializer initializer, string name = "filter") =>
        Taps = Register(name, initializer.Filter(taps)).Value;

    /// <summary>The taps, <c>[K]</c>.</summary>
    public Tensor Taps { get; }
}
