namespace GenKernels.Runtime;

/// <summary>
/// The geometry of a convolution over time, rows and columns: x <c>[N, T, H, W, C]</c>, w
/// <c>[O, kT, kH, kW, C / groups]</c>, y <c>[N, T', H', W', O]</c>, all contiguous.
/// </summary>
/// <param name="N">Clips.</param>
/// <param name="Inputs">Channels of x.</param>
/// <param name="Outputs">Channels of y.</param>
/// <param name="Groups">The number of channel groups.</param>
internal readonly record struct CudaConvolutionShape(int N, int Inputs, int Outputs, int Groups)
{
    /// <summary>The size of x.</summary>
    internal (int T, int H, int W) In { get; init; }

    /// <summary>The size of y.</summary>
    internal (int T, int H, int W) Out { get; init; }

    internal (int T, int H, int W) Taps { get; init; }

    internal (int T, int H, int W) Stride { get; init; }

    /// <summary>Zero padding before the first element of each axis.</summary>
    internal (int T, int H, int W) Before { get; init; }

    internal (int T, int H, int W) Dilation { get; init; }

    /// <summary>Elements of the largest of the three tensors.</summary>
    internal long MostElements => Math.Max(
        (long)Outputs * (Inputs / Groups) * Product(Taps),
        Math.Max(N * Product(In) * Inputs, N * Product(Out) * Outputs));

    /// <summary>
    /// Zero padding after the last element of each axis. Padding that no tap reaches is free, so it equals
    /// <see cref="Before"/> where the result is the same: few libraries support asymmetric padding. Negative where
    /// trailing elements are left out.
    /// </summary>
    internal (int T, int H, int W) After => (
        AfterOf(In.T, Out.T, Taps.T, Stride.T, Before.T, Dilation.T),
        AfterOf(In.H, Out.H, Taps.H, Stride.H, Before.H, Dilation.H),
        AfterOf(In.W, Out.W, Taps.W, Stride.W, Before.W, Dilation.W));

    /// <summary>
    /// The same convolution with the frames folded into N, where no tap reaches another frame; else this one.
    /// </summary>
    internal CudaConvolutionShape OfFrames =>
        Taps.T == 1 && In.T == Out.T && Before.T == 0 && (In.T == 1 || Stride.T == 1)
            ? this with { N = N * In.T, In = In with { T = 1 }, Out = Out with { T = 1 } }
            : this;

    /// <summary>Whether it is one of single frames, so that two spatial dimensions suffice.</summary>
    internal bool IsFlat => (In.T, Out.T, Taps.T, Before.T) == (1, 1, 1, 0);

    /// <inheritdoc/>
    public override string ToString() =>
        $"x [{N}, {In.T}, {In.H}, {In.W}, {Inputs}], w [{Outputs}, {Taps.T}, {Taps.H}, {Taps.W}, {Inputs / Groups}], "
        + $"y [{N}, {Out.T}, {Out.H}, {Out.W}, {Outputs}], stride {Stride}, before {Before}, dilation {Dilation}";

    private static int AfterOf(int size, int result, int taps, int stride, int before, int dilation)
    {
        int least = ((result - 1) * stride) + ((taps - 1) * dilation) + 1 - size - before;
        return Math.Clamp(before, least, least + stride - 1);
    }

    private static long Product((int T, int H, int W) size) => (long)size.T * size.H * size.W;
}
