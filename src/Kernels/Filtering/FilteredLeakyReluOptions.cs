namespace GenKernels.Kernels.Filtering;

/// <summary>What <see cref="FilteredLeakyRelu"/> does between and around its filters.</summary>
/// <param name="Up">Each row and column is followed by <paramref name="Up"/> - 1 of zeros; at least 1.</param>
/// <param name="Down">Every <paramref name="Down"/>-th row and column is kept in the end; at least 1.</param>
/// <param name="Top">Zeros put above the rows at the higher rate; negative to crop.</param>
/// <param name="Bottom">Zeros put below them; negative to crop.</param>
/// <param name="Left">Zeros put before the columns at the higher rate; negative to crop.</param>
/// <param name="Right">Zeros put behind them; negative to crop.</param>
/// <param name="Gain">Multiplies the activation; positive.</param>
/// <param name="Slope">Of the activation below zero.</param>
/// <param name="Clamp">Bounds the activation on both sides, after the gain; infinity for none.</param>
/// <param name="Flip">False to convolve with both filters, true to correlate.</param>
public readonly record struct FilteredLeakyReluOptions(
    int Up, int Down, int Top = 0, int Bottom = 0, int Left = 0, int Right = 0, float Gain = 1.41421356f,
    float Slope = 0.2f, float Clamp = float.PositiveInfinity, bool Flip = false)
{
    /// <summary>From the rows of x to those that are activated.</summary>
    public Resampling UpRows => new(Up, 1, Top, Bottom);

    /// <summary>From the columns of x to those that are activated.</summary>
    public Resampling UpColumns => new(Up, 1, Left, Right);

    /// <summary>From what is activated to the result, along either axis.</summary>
    public Resampling DownBoth => new(1, Down);
}
