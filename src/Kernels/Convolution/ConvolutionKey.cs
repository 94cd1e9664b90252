using GenKernels.Kernels.MatrixProduct;

namespace GenKernels.Kernels.Convolution;

/// <summary>The tuner's key of a convolution on a device with warps: all that its time depends on.</summary>
/// <param name="Plan">The geometry.</param>
/// <param name="Role">Whether it is the convolution or one of its gradients.</param>
/// <param name="Type">Of the elements.</param>
/// <param name="Precision">In which 32-bit floats are multiplied.</param>
/// <param name="FitsTensorCores">Whether shapes, types and alignment allow tensor cores.</param>
/// <param name="IsAligned">Whether operands begin at multiples of 16 bytes.</param>
/// <param name="ScaleFrames">Frames of a clip with their own scales: T, or 1 shared by all; 0 without scales.</param>
/// <param name="Epilogue">The fused epilogue.</param>
internal readonly record struct ConvolutionKey(
    ConvolutionPlan Plan, ConvolutionRole Role, ElementType Type, MatrixPrecision Precision, bool FitsTensorCores,
    bool IsAligned, int ScaleFrames = 0, EpilogueKey Epilogue = default)
{
    /// <summary>The name of the work in a tuner's tables.</summary>
    public override string ToString() =>
        $"{Role}, {Type} {Precision}, {Plan}{(FitsTensorCores ? "" : ", not for tensor cores")}"
        + $"{(IsAligned ? "" : ", unaligned")}"
        + $"{(ScaleFrames > 0 ? $", scales of {ScaleFrames} frames" : "")}{Epilogue}";
}
