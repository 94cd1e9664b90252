using System.Runtime.InteropServices;
using GenKernels.Kernels.Elementwise;

namespace GenKernels.Kernels.Common;

/// <summary>The scalars of an epilogue; same layout as <c>EpilogueParameters</c> in <c>Epilogue.cuh</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct EpilogueParameters
{
    private readonly int _function;
    private readonly float _slope, _gain, _lower, _limit, _scale;
    private readonly int _factorRows;

    /// <param name="options">Activation, slope, gain and clamp.</param>
    /// <param name="scale">Factor of all sums.</param>
    /// <param name="factorRows">Rows that share a row of factors.</param>
    internal EpilogueParameters(BiasActivationOptions options, float scale, int factorRows)
    {
        // Minus infinity times a slope of 0 would be a NaN.
        bool isClampedAtZero = options is { Activation: Activation.Relu, Gain: > 0 };
        _slope = options.Activation switch
        {
            Activation.Linear => 1,
            Activation.Relu => isClampedAtZero ? 1 : 0,
            _ => options.Slope,
        };
        (_function, _gain, _limit) = ((int)options.Activation, options.Gain, options.Clamp);
        (_scale, _factorRows) = (scale, factorRows);
        _lower = isClampedAtZero ? 0 : -options.Clamp;
    }
}
