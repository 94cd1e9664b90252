using System.Runtime.InteropServices;

namespace GenKernels.Kernels.Filtering;

/// <summary>Resampling by a planar filter; laid out as <c>Upfirdn2dPlan</c> in <c>Upfirdn2d.cu</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct Upfirdn2dPlan
{
    private readonly AxisPlan _rows;
    private readonly AxisPlan _columns;
    private readonly int _isFlipped;
    private readonly float _gain;

    internal Upfirdn2dPlan(AxisPlan rows, AxisPlan columns, bool flip, float gain)
    {
        (_rows, _columns, _isFlipped, _gain) = (rows, columns, flip ? 1 : 0, gain);
    }
}
