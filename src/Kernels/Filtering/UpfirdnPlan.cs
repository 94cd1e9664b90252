using System.Runtime.InteropServices;

namespace GenKernels.Kernels.Filtering;

/// <summary>Resampling along one axis; laid out as <c>UpfirdnPlan</c> in <c>Upfirdn.cu</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct UpfirdnPlan
{
    private readonly int _length;
    private readonly int _outputLength;
    private readonly int _tapCount;
    private readonly int _up;
    private readonly int _down;
    private readonly int _before;
    private readonly int _isFlipped;
    private readonly float _gain;

    internal UpfirdnPlan(
        int length, int outputLength, int tapCount, int up, int down, int before, bool flip, float gain)
    {
        _length = length;
        _outputLength = outputLength;
        _tapCount = tapCount;
        _up = up;
        _down = down;
        _before = before;
        _isFlipped = flip ? 1 : 0;
        _gain = gain;
    }
}
