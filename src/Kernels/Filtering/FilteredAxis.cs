using System.Runtime.InteropServices;

namespace GenKernels.Kernels.Filtering;

/// <summary>One axis of two filters with an activation between; laid out as in <c>FilteredPlan.cuh</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct FilteredAxis
{
    internal readonly int Length;
    internal readonly int MiddleLength;
    internal readonly int OutputLength;
    private readonly int _beforeUp;
    private readonly int _beforeDown;

    private FilteredAxis(int length, int middleLength, int outputLength, int beforeUp, int beforeDown)
    {
        (Length, MiddleLength, OutputLength) = (length, middleLength, outputLength);
        (_beforeUp, _beforeDown) = (beforeUp, beforeDown);
    }

    /// <param name="length">Of the axis of x.</param>
    /// <param name="up">From there to what is activated.</param>
    /// <param name="down">From there to the result.</param>
    /// <param name="upTaps">Taps of the first filter.</param>
    /// <param name="downTaps">Taps of the second.</param>
    /// <exception cref="ShapeException">The axis does not hold a filter.</exception>
    internal static FilteredAxis Create(int length, Resampling up, Resampling down, int upTaps, int downTaps)
    {
        int middleLength = up.OutputLength(length, upTaps);
        int outputLength = down.OutputLength(middleLength, downTaps);
        return new FilteredAxis(length, middleLength, outputLength, up.Before, down.Before);
    }

    /// <summary>From the gradient of the result to that of x: filters and rates are exchanged.</summary>
    /// <param name="upTaps">Taps of what was the first filter.</param>
    /// <param name="downTaps">Taps of what was the second.</param>
    internal FilteredAxis Adjoint(int upTaps, int downTaps) =>
        new(OutputLength, MiddleLength, Length, downTaps - 1 - _beforeDown, upTaps - 1 - _beforeUp);
}
