namespace GenKernels.Train.Augmentation;

/// <summary>An affine map of RGB colours: a matrix, then an offset.</summary>
public sealed class ColorMap
{
    private const int Channels = 3;
    private readonly double[,] _matrix;
    private readonly double[] _offset;

    private ColorMap(double[,] matrix, double[] offset) => (_matrix, _offset) = (matrix, offset);

    /// <summary>Leaves every colour unchanged.</summary>
    public static ColorMap Identity => Scale(1);

    /// <param name="amount">Added to all three channels.</param>
    public static ColorMap Brighten(double amount) => new(AlongGrey(1, 1), [amount, amount, amount]);

    /// <param name="factor">Multiplies all three channels.</param>
    public static ColorMap Scale(double factor) => new(AlongGrey(factor, factor), new double[Channels]);

    /// <summary>Scales the component along the grey axis and the components across it by separate factors.</summary>
    /// <param name="along">Factor along the grey axis; -1 exchanges dark and light.</param>
    /// <param name="across">Factor across the grey axis; 0 leaves grey alone.</param>
    public static ColorMap Stretch(double along, double across) => new(AlongGrey(along, across), new double[Channels]);

    /// <summary>A rotation about the grey axis.</summary>
    /// <param name="angle">In radians, from red towards green.</param>
    public static ColorMap TurnHue(double angle)
    {
        (double sine, double cosine) = Math.SinCos(angle);
        double[,] matrix = AlongGrey(1, cosine);
        double share = sine / Math.Sqrt(Channels);
        for (int row = 0; row < Channels; row++)
        {
            matrix[row, (row + 1) % Channels] -= share;
            matrix[row, (row + 2) % Channels] += share;
        }

        return new ColorMap(matrix, new double[Channels]);
    }

    /// <returns>The composition: this map, then <paramref name="next"/>.</returns>
    public ColorMap Then(ColorMap next)
    {
        double[,] matrix = new double[Channels, Channels];
        double[] offset = [.. next._offset];
        for (int row = 0; row < Channels; row++)
        {
            for (int inner = 0; inner < Channels; inner++)
            {
                offset[row] += next._matrix[row, inner] * _offset[inner];
                for (int column = 0; column < Channels; column++)
                {
                    matrix[row, column] += next._matrix[row, inner] * _matrix[inner, column];
                }
            }
        }

        return new ColorMap(matrix, offset);
    }

    /// <returns>Matrix and offset row by row, <c>[3, 4]</c>.</returns>
    public double[] ToArray() => [.. Enumerable.Range(0, Channels).SelectMany(row => (double[])
        [_matrix[row, 0], _matrix[row, 1], _matrix[row, 2], _offset[row]])];

    private static double[,] AlongGrey(double along, double across)
    {
        double[,] matrix = new double[Channels, Channels];
        for (int row = 0; row < Channels; row++)
        {
            for (int column = 0; column < Channels; column++)
            {
                matrix[row, column] = ((along - across) / Channels) + (row == column ? across : 0);
            }
        }

        return matrix;
    }
}
