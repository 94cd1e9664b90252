using GenKernels.Kernels.Filtering;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Filtering;

/// <summary>A leaky ReLU layer between two filters, with its formula for single elements.</summary>
/// <param name="Name">Rows, columns and channels of the input.</param>
/// <param name="Input">Shape of one image, <c>[1, H, W, C]</c>.</param>
/// <param name="Options">Options, with the same padding along both axes.</param>
/// <param name="IsRadial">Whether the filter after the activation is a (non-separable) 2D one.</param>
internal sealed record FilteredLayer(
    string Name, Shape Input, FilteredLeakyReluOptions Options, bool IsRadial = false)
{
    /// <summary>Layers 1, 7, 9 and 12 of the thesis's super-resolution generator.</summary>
    internal static readonly FilteredLayer[] OfThesis =
    [
        new("31x38 512", [1, 31, 38, 512], Padded(2, 2, 9, 8)),
        new("58x86 512 x4", [1, 58, 86, 512], Padded(4, 2, -6, -9)),
        new("94x150 362", [1, 94, 150, 362], Padded(2, 2, 9, 8)),
        new("166x278 128", [1, 166, 278, 128], Padded(2, 2, 9, 8)),
    ];

    /// <summary>Two of those layers, with the radial filters of StyleGAN3's configuration R.</summary>
    internal static readonly FilteredLayer[] Radial =
        [.. OfThesis[1..3].Select(layer => layer with { Name = $"{layer.Name} radial", IsRadial = true })];

    /// <summary>The shapes of image, bias and both filters.</summary>
    internal Shape[] Inputs =>
        [Input, [Input[3]], [UpTaps], IsRadial ? [DownTaps, DownTaps] : [DownTaps]];

    internal int UpTaps => 6 * Options.Up;

    internal int DownTaps => 6 * Options.Down;

    internal Shape Output => [1, Length(1), Length(2), Input[3]];

    /// <summary>Operations: two for each tap that meets a sample, in all passes.</summary>
    internal long Operations
    {
        get
        {
            long rows = Middle(1), places = rows * Middle(2), outputs = (long)Length(1) * Length(2);
            long down = DownTaps * (IsRadial ? DownTaps * outputs : (rows * Length(2)) + outputs);
            return 2L * Input[3] * (6 * ((rows * Input[2]) + places) + down);
        }
    }

    /// <summary>Operations of the image's gradient, whose passes exchange the two filters.</summary>
    internal long AdjointOperations
    {
        get
        {
            long rows = Middle(1), places = rows * Middle(2), pixels = (long)Input[1] * Input[2];
            long up = 6 * (IsRadial ? 6 * places : (rows * Length(2)) + places);
            return 2L * Input[3] * (up + (UpTaps * ((rows * Input[2]) + pixels)));
        }
    }

    /// <returns>Element (q, p, c) of the result.</returns>
    /// <param name="inputs">Image, bias and both filters.</param>
    internal double Value(float[][] inputs, int q, int p, int c)
    {
        double sum = 0;
        for (int k = 0; k < DownTaps * DownTaps; k++)
        {
            (int row, int column) = (k / DownTaps, k % DownTaps);
            double v = Between(inputs, (q * Options.Down) + row, (p * Options.Down) + column, c);
            sum += DownWeight(inputs[3], row, column) * Options.Gain * (v > 0 ? v : Options.Slope * v);
        }

        return sum;
    }

    /// <returns>Element (h, w, c) of the image's gradient.</returns>
    /// <param name="inputs">Image, bias, both filters and the upstream gradient.</param>
    internal double Gradient(float[][] inputs, int h, int w, int c)
    {
        double sum = 0;
        for (int k = 0; k < UpTaps * UpTaps; k++)
        {
            (int tapRow, int tapColumn) = (k / UpTaps, k % UpTaps);
            int r = (h * Options.Up) + Options.Top - tapRow, s = (w * Options.Up) + Options.Left - tapColumn;
            if (r < 0 || s < 0 || r >= Middle(1) || s >= Middle(2)) continue;
            double weight = inputs[2][UpTaps - 1 - tapRow] * (double)inputs[2][UpTaps - 1 - tapColumn];
            double slope = Between(inputs, r, s, c) > 0 ? 1 : Options.Slope;
            sum += weight * slope * Upstream(inputs, r, s, c);
        }

        return sum * Options.Gain * Options.Up * Options.Up;
    }

    /// <returns>The input of the activation at (r, s, c).</returns>
    private double Between(float[][] inputs, int r, int s, int c)
    {
        double sum = 0;
        for (int k = 0; k < UpTaps * UpTaps; k++)
        {
            (int tapRow, int tapColumn) = (k / UpTaps, k % UpTaps);
            (int row, int column) = (r + tapRow - Options.Top, s + tapColumn - Options.Left);
            if (row < 0 || column < 0 || row % Options.Up != 0 || column % Options.Up != 0) continue;
            (row, column) = (row / Options.Up, column / Options.Up);
            if (row >= Input[1] || column >= Input[2]) continue;
            double weight = inputs[2][UpTaps - 1 - tapRow] * (double)inputs[2][UpTaps - 1 - tapColumn];
            sum += weight * ((double)inputs[0][(((row * Input[2]) + column) * Input[3]) + c] + inputs[1][c]);
        }

        return sum * Options.Up * Options.Up;
    }

    /// <returns>The gradient that arrives at the activation's output at (r, s, c).</returns>
    private double Upstream(float[][] inputs, int r, int s, int c)
    {
        double sum = 0;
        for (int k = 0; k < DownTaps * DownTaps; k++)
        {
            (int row, int column) = (r - (k / DownTaps), s - (k % DownTaps));
            if (row < 0 || column < 0 || row % Options.Down != 0 || column % Options.Down != 0) continue;
            (row, column) = (row / Options.Down, column / Options.Down);
            if (row >= Output[1] || column >= Output[2]) continue;
            double weight = DownWeight(inputs[3], k / DownTaps, k % DownTaps);
            sum += weight * inputs[4][(((row * Output[2]) + column) * Input[3]) + c];
        }

        return sum;
    }

    private double DownWeight(float[] taps, int row, int column)
    {
        (row, column) = (DownTaps - 1 - row, DownTaps - 1 - column);
        return IsRadial ? taps[(row * DownTaps) + column] : taps[row] * (double)taps[column];
    }

    private int Middle(int axis) => Options.UpRows.OutputLength(Input[axis], UpTaps);

    private int Length(int axis) => Options.DownBoth.OutputLength(Middle(axis), DownTaps);

    private static FilteredLeakyReluOptions Padded(int up, int down, int before, int after) =>
        new(up, down, before, after, before, after, Clamp: 1 << 20);
}
