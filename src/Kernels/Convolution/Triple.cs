namespace GenKernels.Kernels.Convolution;

/// <summary>One number each for time, rows and columns.</summary>
/// <param name="T">For time, in frames.</param>
/// <param name="H">For rows.</param>
/// <param name="W">For columns.</param>
public readonly record struct Triple(int T, int H, int W)
{
    /// <summary>1, 1, 1.</summary>
    public static Triple One => new(1, 1, 1);

    /// <summary>The product of the three.</summary>
    public long Product => (long)T * H * W;

    /// <returns>The numbers that a function makes of those of this and two more, place by place.</returns>
    internal Triple Zip(Triple second, Triple third, Func<int, int, int, int> of) =>
        new(of(T, second.T, third.T), of(H, second.H, third.H), of(W, second.W, third.W));

    /// <inheritdoc/>
    public override string ToString() => $"({T}, {H}, {W})";
}
