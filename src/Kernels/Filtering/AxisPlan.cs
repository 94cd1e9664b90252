using System.Runtime.InteropServices;

namespace GenKernels.Kernels.Filtering;

/// <summary>One axis of a planar filter; laid out as <c>AxisPlan</c> in <c>Upfirdn2d.cu</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct AxisPlan
{
    internal readonly int Length;
    internal readonly int OutputLength;
    private readonly int _tapCount;
    private readonly int _up;
    private readonly int _down;
    private readonly int _before;

    internal AxisPlan(int length, int tapCount, Resampling resampling)
    {
        Length = length;
        OutputLength = resampling.OutputLength(length, tapCount);
        _tapCount = tapCount;
        (_up, _down, _before) = (resampling.Up, resampling.Down, resampling.Before);
    }
}
