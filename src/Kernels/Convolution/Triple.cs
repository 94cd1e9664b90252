namespace GenKernels.Kernels.Convolution;

/// <summary>One number for each axis: time, rows and columns.</summary>
/// <param name="T">Along time, in frames.</param>
/// <param name="H">Along the height, in rows.</param>
/// <param name="W">Along the width, in columns.</param>
public readonly record struct Triple(int T, int H, int W)
{
    /// <summary>1, 1, 1.</summary>
    public static Triple One => new(1, 1, 1);

    /// <summary>The product of the three.</summary>
    public long Product => (long)T * H * W;

    /// <returns>A function applied to this and two more triples, axis by axis.</returns>
    internal Triple Zip(Triple second, Triple third, Func<int, int, int, int> of) =>
        new(of(T, second.T, third.T), of(H, second.H, third.H), of(W, second.W, third.W));

    /// <inheritdoc/>
    public override string ToString() => $"({T}, {H}, {W})";
}
