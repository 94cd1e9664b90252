using GenKernels.Kernels.MatrixProduct;

namespace GenKernels.Kernels.Convolution;

/// <summary>What the time of a convolution depends on, on a device with warps.</summary>
/// <param name="Plan">The geometry.</param>
/// <param name="Role">What it is of a layer.</param>
/// <param name="Type">Of the elements.</param>
/// <param name="Precision">Of 32-bit floats.</param>
/// <param name="FitsTensorCores">Whether they can do it.</param>
/// <param name="IsAligned">Whether operands begin at multiples of 16 bytes.</param>
/// <param name="ScaleFrames">Frames of a clip with scales of their own; 0 for none.</param>
/// <param name="Epilogue">What follows.</param>
internal readonly record struct ConvolutionKey(
    ConvolutionPlan Plan, ConvolutionRole Role, ElementType Type, MatrixPrecision Precision, bool FitsTensorCores,
    bool IsAligned, int ScaleFrames = 0, EpilogueKey Epilogue = default)
{
    /// <summary>Names it in the tables of a tuner.</summary>
    public override string ToString() =>
        $"{Role}, {Type} {Precision}, {Plan}{(FitsTensorCores ? "" : ", not for tensor cores")}"
        + $"{(IsAligned ? "" : ", unaligned")}"
        + $"{(ScaleFrames > 0 ? $", scales of {ScaleFrames} frames" : "")}{Epilogue}";
}
