using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GenKernels.Kernels.Movement;

/// <summary>
/// A copy whose innermost axes differ on the two sides; laid out as <c>TransposePlan</c> in <c>Transpose.cu</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TransposePlan
{
    private const int OuterAxes = CopyPlan.Axes - 2;

    // Rows and columns of a tile, as in the kernel, and the fewest that are worth a tile's detour.
    private const int Side = 64;
    private const int Fewest = 16;

    private int _rowCount;
    private int _columnCount;
    private int _rowTiles;
    private int _columnTiles;
    private long _sourceStart;
    private long _rowStride;
    private long _columnStride;
    private Integers _outerSize;
    private Longs _sourceStride;
    private Longs _targetStride;

    /// <summary>Tiles in all.</summary>
    internal readonly long TileCount
    {
        get
        {
            long count = (long)_rowTiles * _columnTiles;
            for (int axis = 0; axis < OuterAxes; axis++) count *= _outerSize[axis];
            return count;
        }
    }

    /// <returns>
    /// The plan of a copy that lies within its source, and whose innermost axis is contiguous in the target alone while
    /// another one is contiguous in the source; null for other copies, and where either of the two is short.
    /// </returns>
    internal static TransposePlan? Of(in CopyPlan copy)
    {
        const int last = CopyPlan.Axes - 1;
        int columns = -1;
        long start = 0;
        for (int axis = 0; axis < CopyPlan.Axes; axis++)
        {
            CopyAxis at = copy[axis];
            if (!at.LiesWithin) return null;
            start += at.Start * at.SourceStride;
            if (axis < last && at.Size >= Fewest && at.Step * at.SourceStride == 1) columns = axis;
        }

        CopyAxis row = copy[last];
        long rowStride = row.Step * row.SourceStride;
        if (columns < 0 || row.Size < Fewest || row.TargetStride != 1 || rowStride is 0 or 1) return null;

        TransposePlan plan = new()
        {
            _rowCount = row.Size,
            _columnCount = copy[columns].Size,
            _rowTiles = Quotient.Up(row.Size, Side),
            _columnTiles = Quotient.Up(copy[columns].Size, Side),
            _sourceStart = start,
            _rowStride = rowStride,
            _columnStride = copy[columns].TargetStride,
        };
        int outer = 0;
        for (int axis = 0; axis < last; axis++)
        {
            if (axis == columns) continue;
            plan._outerSize[outer] = copy[axis].Size;
            plan._sourceStride[outer] = copy[axis].Step * copy[axis].SourceStride;
            plan._targetStride[outer++] = copy[axis].TargetStride;
        }

        return plan;
    }

    /// <returns>
    /// Whether rows and columns consist of packs of <paramref name="width"/> elements, and begin at multiples of them.
    /// </returns>
    internal readonly bool IsOfPacks(int width)
    {
        bool fits = _rowCount % width == 0 && _columnCount % width == 0 && _sourceStart % width == 0
            && _rowStride % width == 0 && _columnStride % width == 0;
        for (int axis = 0; axis < OuterAxes; axis++)
        {
            fits &= _sourceStride[axis] % width == 0 && _targetStride[axis] % width == 0;
        }

        return fits;
    }

    [InlineArray(OuterAxes)]
    private struct Integers
    {
        private int _first;
    }

    [InlineArray(OuterAxes)]
    private struct Longs
    {
        private long _first;
    }
}
