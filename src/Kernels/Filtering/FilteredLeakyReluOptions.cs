namespace GenKernels.Kernels.Filtering;

/// <summary>Rates, padding and activation of <see cref="FilteredLeakyRelu"/>.</summary>
/// <param name="Up">Upsampling factor: <paramref name="Up"/> - 1 zeros follow each row and column; at least 1.</param>
/// <param name="Down">Downsampling factor: every <paramref name="Down"/>-th row and column is kept; at least 1.</param>
/// <param name="Top">Rows of zeros added above, at the higher rate; negative to crop.</param>
/// <param name="Bottom">Rows of zeros added below, at the higher rate; negative to crop.</param>
/// <param name="Left">Columns of zeros added on the left, at the higher rate; negative to crop.</param>
/// <param name="Right">Columns of zeros added on the right, at the higher rate; negative to crop.</param>
/// <param name="Gain">Multiplies the activation; positive.</param>
/// <param name="Slope">Slope of the activation below zero.</param>
/// <param name="Clamp">Limits the magnitude of the activation, after the gain; infinity for no clamp.</param>
/// <param name="Flip">False to convolve with both filters, true to correlate.</param>
public readonly record struct FilteredLeakyReluOptions(
    int Up, int Down, int Top = 0, int Bottom = 0, int Left = 0, int Right = 0, float Gain = 1.41421356f,
    float Slope = 0.2f, float Clamp = float.PositiveInfinity, bool Flip = false)
{
    /// <summary>From the rows of x to those of the activation.</summary>
    public Resampling UpRows => new(Up, 1, Top, Bottom);

    /// <summary>From the columns of x to those of the activation.</summary>
    public Resampling UpColumns => new(Up, 1, Left, Right);

    /// <summary>From the activation to the result, along either axis.</summary>
    public Resampling DownBoth => new(1, Down);
}
