using System.Runtime.InteropServices;
using GenKernels.Kernels.Elementwise;

namespace GenKernels.Kernels.Common;

/// <summary>The scalars of an epilogue; same layout as <c>EpilogueParameters</c> in <c>Epilogue.cuh</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct EpilogueParameters
{
    private readonly int _function;
    private readonly float _slope, _gain, _limit;
    private readonly int _factorRows;

    /// <param name="options">Activation, slope, gain and clamp.</param>
    /// <param name="factorRows">Rows that share a row of factors.</param>
    internal EpilogueParameters(BiasActivationOptions options, int factorRows = 1)
    {
        float slope = options.Activation switch
        {
            Activation.Linear => 1,
            Activation.Relu => 0,
            _ => options.Slope,
        };
        (_function, _slope, _gain, _limit) = ((int)options.Activation, slope, options.Gain, options.Clamp);
        _factorRows = factorRows;
    }
}
