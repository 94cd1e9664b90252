using System.Runtime.InteropServices;

namespace GenKernels.Kernels.Vision;

/// <summary>How one axis is resized; laid out as <c>InterpolateAxis</c> in <c>Interpolate.cu</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct InterpolateAxis
{
    private const int MostTaps = 4;
    private readonly int _before;
    private readonly int _after;
    private readonly int _kind;
    private readonly int _grid;
    private readonly int _isAdjoint;
    private readonly int _width;

    /// <param name="before">Elements of the axis that the forward direction reads.</param>
    /// <param name="after">Elements of the axis that it writes.</param>
    /// <param name="options">Kind and grid.</param>
    /// <param name="adjoint">Whether the matrix of weights is transposed.</param>
    internal InterpolateAxis(int before, int after, InterpolateOptions options, bool adjoint)
    {
        (_before, _after) = (before, after);
        (_kind, _grid) = ((int)options.Kind, (int)options.Grid);
        _isAdjoint = adjoint ? 1 : 0;
        _width = adjoint ? MostOutputs(before, after, options) : MostElements(before, after, options.Kind);
    }

    /// <summary>Rows of the matrix of weights.</summary>
    internal int RowCount => _isAdjoint != 0 ? _before : _after;

    /// <summary>An upper bound of the nonzero weights in a row.</summary>
    internal int Width => _width;

    private static int MostElements(int before, int after, InterpolateKind kind) => kind switch
    {
        InterpolateKind.Nearest => 1,
        InterpolateKind.Bilinear => 2,
        InterpolateKind.Bicubic => MostTaps,
        _ => (before / after) + 2,
    };

    /// <summary>An upper bound: the outputs that lie within four elements, plus a margin for rounding.</summary>
    private static int MostOutputs(int before, int after, InterpolateOptions options)
    {
        bool fromCorners = options.Grid == InterpolateGrid.Corners;
        if (before == 1) return after;
        double density = fromCorners ? (after - 1.0) / (before - 1) : (double)after / before;
        return (int)Math.Min(after, Math.Ceiling(MostTaps * density) + 3);
    }
}
