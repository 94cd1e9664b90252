using GenKernels.Autograd;

namespace GenKernels.Tests.Autograd.Convolution;

/// <summary>
/// A resampled convolution by definition: zeros between the pixels, padding, filter, convolution, filter, and every
/// Down-th pixel kept.
/// </summary>
internal static class PlainResampling
{
    /// <returns>Shape and elements of the result, in double.</returns>
    internal static (Shape Shape, double[] Values) Convolve(
        Tensor x, Tensor w, Tensor filter, ResampledConvolutionOptions options)
    {
        (int up, int down) = (options.Up, options.Down);
        double[][,] taps = Taps(filter.ToDoubles(), filter.Shape);
        double[][,] weights = Taps(w.ToDoubles(), w.Shape);
        if (options.IsTurned) weights = Array.ConvertAll(weights, Turn);
        int outputs = w.Shape[0];
        int groupInputs = w.Shape[3];
        int groupOutputs = outputs / options.Groups;
        List<double[,]> results = [];
        for (int n = 0; n < x.Shape[0]; n++)
        {
            double[][,] wide = new double[x.Shape[3]][,];
            for (int c = 0; c < wide.Length; c++) wide[c] = Enlarge(x, n, c, filter.Shape, options);
            if (up > 1) wide = Array.ConvertAll(wide, plane => Correlate(plane, Turn(taps[0]), up * up));
            else if (down > 1) wide = Array.ConvertAll(wide, plane => Correlate(plane, Turn(taps[0])));
            for (int o = 0; o < outputs; o++)
            {
                int first = o / groupOutputs * groupInputs;
                double[,] sum = Correlate(wide[first], weights[o * groupInputs]);
                for (int c = 1; c < groupInputs; c++)
                {
                    Add(sum, Correlate(wide[first + c], weights[(o * groupInputs) + c]));
                }

                results.Add(Keep(up > 1 && down > 1 ? Correlate(sum, Turn(taps[0])) : sum, down));
            }
        }

        (int height, int width) = (results[0].GetLength(0), results[0].GetLength(1));
        double[] values = [.. from n in Enumerable.Range(0, x.Shape[0])
                              from h in Enumerable.Range(0, height)
                              from v in Enumerable.Range(0, width)
                              from o in Enumerable.Range(0, outputs)
                              select results[(n * outputs) + o][h, v]];
        return ([x.Shape[0], height, width, outputs], values);
    }

    /// <returns>For each outer and inner index, the matrix over the two axes between; a matrix counts as one of
    /// these.</returns>
    private static double[][,] Taps(double[] values, Shape shape)
    {
        (int outer, int rows, int columns, int inner) = shape.Rank == 2
            ? (1, shape[0], shape[1], 1) : (shape[0], shape[1], shape[2], shape[3]);
        double[][,] planes = new double[outer * inner][,];
        for (int plane = 0; plane < planes.Length; plane++)
        {
            planes[plane] = new double[rows, columns];
            for (int place = 0; place < rows * columns; place++)
            {
                int from = (((plane / inner * rows * columns) + place) * inner) + (plane % inner);
                planes[plane][place / columns, place % columns] = values[from];
            }
        }

        return planes;
    }

    private static double[,] Enlarge(Tensor x, int n, int c, Shape filter, ResampledConvolutionOptions options)
    {
        (int height, int width, int channels) = (x.Shape[1], x.Shape[2], x.Shape[3]);
        (int top, int bottom) = Sides(options.Padding.Top, options.Padding.Bottom, filter[0], options);
        (int left, int right) = Sides(options.Padding.Left, options.Padding.Right, filter[1], options);
        double[] values = x.ToDoubles();
        double[,] plane = new double[(height * options.Up) + top + bottom, (width * options.Up) + left + right];
        for (int h = 0; h < height; h++)
        {
            for (int v = 0; v < width; v++)
            {
                (int row, int column) = ((h * options.Up) + top, (v * options.Up) + left);
                bool isInside = row >= 0 && row < plane.GetLength(0) && column >= 0 && column < plane.GetLength(1);
                if (isInside) plane[row, column] = values[(((((n * height) + h) * width) + v) * channels) + c];
            }
        }

        return plane;
    }

    private static (int Before, int After) Sides(int before, int after, int taps, ResampledConvolutionOptions options)
    {
        if (options.Up > 1) before += (taps + options.Up - 1) / 2;
        if (options.Up > 1) after += (taps - options.Up) / 2;
        if (options.Down > 1) before += (taps - options.Down + 1) / 2;
        if (options.Down > 1) after += (taps - options.Down) / 2;
        return (before, after);
    }

    private static double[,] Correlate(double[,] x, double[,] taps, double gain = 1)
    {
        (int height, int width) = (x.GetLength(0) - taps.GetLength(0) + 1, x.GetLength(1) - taps.GetLength(1) + 1);
        double[,] y = new double[height, width];
        for (int place = 0; place < y.Length; place++)
        {
            for (int tap = 0; tap < taps.Length; tap++)
            {
                (int h, int v) = (tap / taps.GetLength(1), tap % taps.GetLength(1));
                y[place / width, place % width] += gain * taps[h, v] * x[(place / width) + h, (place % width) + v];
            }
        }

        return y;
    }

    private static double[,] Turn(double[,] taps) => Map(taps, 1, taps.GetLength(0), taps.GetLength(1), isTurned: true);

    private static double[,] Keep(double[,] x, int step) =>
        Map(x, step, (x.GetLength(0) + step - 1) / step, (x.GetLength(1) + step - 1) / step, isTurned: false);

    private static double[,] Map(double[,] x, int step, int rows, int columns, bool isTurned)
    {
        double[,] y = new double[rows, columns];
        for (int h = 0; h < rows; h++)
        {
            for (int v = 0; v < columns; v++)
            {
                y[h, v] = isTurned ? x[rows - 1 - h, columns - 1 - v] : x[h * step, v * step];
            }
        }

        return y;
    }

    private static void Add(double[,] sum, double[,] x)
    {
        for (int h = 0; h < sum.GetLength(0); h++)
        {
            for (int v = 0; v < sum.GetLength(1); v++) sum[h, v] += x[h, v];
        }
    }
}
