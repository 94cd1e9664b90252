using System.Runtime.InteropServices;

namespace GenKernels.Kernels.Filtering;

/// <summary>One axis of two filters with an activation in between; laid out as in <c>FilteredPlan.cuh</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct FilteredAxis
{
    internal readonly int Length;
    internal readonly int MiddleLength;
    internal readonly int OutputLength;
    private readonly int _beforeUp;
    private readonly int _beforeDown;
    private readonly int _firstTaps;
    private readonly int _secondTaps;

    private FilteredAxis(
        (int X, int Middle, int Output) lengths, (int Up, int Down) before, (int First, int Second) taps)
    {
        (Length, MiddleLength, OutputLength) = lengths;
        (_beforeUp, _beforeDown) = before;
        (_firstTaps, _secondTaps) = taps;
    }

    /// <param name="length">Length of the axis of x.</param>
    /// <param name="up">Resampling from x to the activation.</param>
    /// <param name="down">Resampling from the activation to the result.</param>
    /// <param name="upTaps">Taps of the first filter.</param>
    /// <param name="downTaps">Taps of the second filter.</param>
    /// <exception cref="ShapeException">The padded axis is shorter than a filter, or a rate is below 1.</exception>
    internal static FilteredAxis Create(int length, Resampling up, Resampling down, int upTaps, int downTaps)
    {
        int middleLength = up.OutputLength(length, upTaps);
        int outputLength = down.OutputLength(middleLength, downTaps);
        return new FilteredAxis(
            (length, middleLength, outputLength), (up.Before, down.Before), (upTaps, downTaps));
    }

    /// <returns>The axis from the gradient of the result to that of x: filters and rates are exchanged.</returns>
    internal FilteredAxis Adjoint() => new(
        (OutputLength, MiddleLength, Length), (_secondTaps - 1 - _beforeDown, _firstTaps - 1 - _beforeUp),
        (_secondTaps, _firstTaps));
}
