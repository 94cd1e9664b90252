using System.Runtime.InteropServices;

namespace GenKernels.Kernels.Vision;

/// <summary>Sizes of one launch; laid out as <c>InterpolatePlan</c> in <c>Interpolate.cu</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct InterpolatePlan(Shape x, Shape y, int rowTaps, int columnTaps)
{
    private readonly int _height = x[1];
    private readonly int _width = x[2];
    private readonly int _channels = x[3];
    private readonly int _rows = y[1];
    private readonly int _columns = y[2];
    private readonly int _rowTaps = rowTaps;
    private readonly int _columnTaps = columnTaps;
}
