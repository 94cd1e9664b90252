using GenKernels.Kernels.MatrixProduct;
using GenKernels.Runtime.Interop;

namespace GenKernels.Kernels.Convolution;

/// <summary>
/// Convolutions and their gradients by cuDNN, for <see cref="Convolution"/> and
/// <see cref="ConvolutionWeightGradient"/>: another way to the same results, on a GPU.
/// </summary>
internal static class ConvolutionLibrary
{
    // What an engine may read at once.
    private const int MostAlignment = 16;

    /// <returns>Whether the library has an engine of a rank for all work of a key, scales left out.</returns>
    /// <param name="device">That would do it.</param>
    /// <param name="key">The work.</param>
    /// <param name="rank">Counts the engines that the library's heuristic names, the first being 0.</param>
    internal static bool Fits(Device device, in ConvolutionKey key, int rank)
    {
        if (!key.IsAligned) return false;
        (CudaConvolutionKind kind, ConvolutionPlan plan) = key.Role switch
        {
            ConvolutionRole.Forward => (CudaConvolutionKind.Forward, key.Plan),
            ConvolutionRole.DataGradient => (CudaConvolutionKind.DataGradient, key.Plan.Adjoint),
            _ => (CudaConvolutionKind.WeightGradient, key.Plan),
        };
        ElementType resultType = key.Epilogue == default ? key.Type : ElementType.Float32;
        return IsSupported(kind, device, key.Type, resultType, MostAlignment, plan, rank);
    }

    /// <returns>Whether the library can do it: it is there, on a GPU, and has an engine for types and sizes.</returns>
    /// <inheritdoc cref="Launch" path="/param"/>
    internal static bool Fits(Tensor x, Tensor w, Tensor y, ProductEpilogue epilogue, ConvolutionPlan plan) =>
        IsSupported(CudaConvolutionKind.Forward, x.Device, x.Type, SumType(y, epilogue), Alignment(x, w, y), plan);

    /// <param name="x">Activations, <c>[N, T, H, W, C]</c>; checked, as is all else.</param>
    /// <param name="w">Weights, <c>[O, kT, kH, kW, C / groups]</c>.</param>
    /// <param name="y">The result, <c>[N, T', H', W', O]</c>; written.</param>
    /// <param name="epilogue">What follows the sums, which are not rounded before: of <see cref="JoinParts"/>.</param>
    /// <param name="plan">The geometry.</param>
    /// <param name="rank">Of the engine among those that the library's heuristic names.</param>
    /// <exception cref="CudaException">The library has no engine for it, or failed.</exception>
    internal static void Launch(
        Tensor x, Tensor w, Tensor y, ProductEpilogue epilogue, ConvolutionPlan plan, int rank = 0)
    {
        ElementType sumType = SumType(y, epilogue);
        using Tensor? sums = sumType == y.Type ? null : Tensor.Empty(y.Shape, sumType, y.Device);
        Convolve(CudaConvolutionKind.Forward, x, w, sums ?? y, plan, rank);
        if (!epilogue.IsNone) JoinParts.Into(sums ?? y, epilogue, y);
    }

    /// <returns>Whether the library can do it, as for the convolution.</returns>
    /// <inheritdoc cref="LaunchDataGradient" path="/param"/>
    internal static bool FitsDataGradient(Tensor dy, Tensor w, Tensor dx, ConvolutionPlan forward) =>
        IsSupported(CudaConvolutionKind.DataGradient, dy.Device, dy.Type, dx.Type, Alignment(dx, w, dy), forward);

    /// <param name="dy">The gradient that arrives at the result, <c>[N, T', H', W', O]</c>.</param>
    /// <param name="w">The convolution's weights, as they are: not turned.</param>
    /// <param name="dx">The gradient of the activations, <c>[N, T, H, W, C]</c>; written.</param>
    /// <param name="forward">The geometry of the convolution itself.</param>
    /// <param name="rank">Of the engine among those that the library's heuristic names.</param>
    /// <exception cref="CudaException">The library has no engine for it, or failed.</exception>
    internal static void LaunchDataGradient(
        Tensor dy, Tensor w, Tensor dx, ConvolutionPlan forward, int rank = 0) =>
        Convolve(CudaConvolutionKind.DataGradient, dx, w, dy, forward, rank);

    /// <returns>Whether the library can do it, as for the convolution.</returns>
    /// <inheritdoc cref="LaunchWeightGradient" path="/param"/>
    internal static bool FitsWeightGradient(Tensor x, Tensor dy, Tensor dw, ConvolutionPlan plan) =>
        IsSupported(CudaConvolutionKind.WeightGradient, x.Device, x.Type, dw.Type, Alignment(x, dw, dy), plan);

    /// <param name="x">The activations of the convolution, <c>[N, T, H, W, C]</c>.</param>
    /// <param name="dy">The gradient that arrives at its result, <c>[N, T', H', W', O]</c>.</param>
    /// <param name="dw">The gradient of the weights, <c>[O, kT, kH, kW, C / groups]</c>; written.</param>
    /// <param name="plan">The convolution's geometry.</param>
    /// <param name="rank">Of the engine among those that the library's heuristic names.</param>
    /// <exception cref="CudaException">The library has no engine for it, or failed.</exception>
    internal static void LaunchWeightGradient(
        Tensor x, Tensor dy, Tensor dw, ConvolutionPlan plan, int rank = 0) =>
        Convolve(CudaConvolutionKind.WeightGradient, x, dw, dy, plan, rank);

    /// <remarks>Beyond 2^31 elements cuDNN has given wrong results without a word; it is not asked there.</remarks>
    private static bool IsSupported(
        CudaConvolutionKind kind, Device device, ElementType type, ElementType resultType, int alignment,
        ConvolutionPlan plan, int rank = 0)
    {
        if (device is not CudaDevice cuda || !NativeLibraries.CuDnn.IsFound) return false;
        if (type is not (ElementType.Float32 or ElementType.Float16 or ElementType.BFloat16)) return false;
        if (plan.InputShape.ElementCount == 0 || plan.WeightShape.ElementCount == 0) return false;
        if (plan.OutputShape.ElementCount == 0) return false;
        CudaConvolutionProblem problem = Problem(kind, device, type, resultType, alignment, plan);
        if (problem.Shape.MostElements > int.MaxValue || !IsPadded(problem.Shape)) return false;
        return cuda.Dnn.Supports(problem, rank);
    }

    private static void Convolve(
        CudaConvolutionKind kind, Tensor x, Tensor w, Tensor y, ConvolutionPlan plan, int rank)
    {
        Tensor result = kind switch
        {
            CudaConvolutionKind.Forward => y,
            CudaConvolutionKind.DataGradient => x,
            _ => w,
        };
        LaunchCost cost = LaunchCost.Of(x, w, y) with { Operations = plan.Operations };
        ElementType type = kind == CudaConvolutionKind.DataGradient ? y.Type : x.Type;
        CudaConvolutionProblem problem = Problem(kind, x.Device, type, result.Type, Alignment(x, w, y), plan);
        ((CudaDevice)x.Device).Dnn.Convolve(problem, rank, x, w, y, cost);
    }

    /// <returns>Whether no elements are left out at the borders, which cuDNN has no word for.</returns>
    private static bool IsPadded(CudaConvolutionShape shape)
    {
        ((int T, int H, int W) before, (int T, int H, int W) after) = (shape.Before, shape.After);
        return Math.Min(Math.Min(before.T, before.H), before.W) >= 0
            && Math.Min(Math.Min(after.T, after.H), after.W) >= 0;
    }

    /// <returns>What sums are stored in: 32 bits where something follows them.</returns>
    private static ElementType SumType(Tensor y, ProductEpilogue epilogue) =>
        epilogue.IsNone ? y.Type : ElementType.Float32;

    private static CudaConvolutionProblem Problem(
        CudaConvolutionKind kind, Device device, ElementType type, ElementType resultType, int alignment,
        ConvolutionPlan plan)
    {
        CudaConvolutionShape shape =
            new(plan.ClipCount, plan.Groups * plan.InGroup, plan.Groups * plan.OutGroup, plan.Groups)
            {
                In = Axes(plan.In), Out = Axes(plan.Out), Taps = Axes(plan.Taps), Stride = Axes(plan.Stride),
                Before = Axes(plan.Before), Dilation = Axes(plan.Dilation),
            };
        bool isRounded = type == ElementType.Float32 && device.Precision.Matrix == MatrixPrecision.Tf32;
        return new CudaConvolutionProblem(kind, type, resultType, isRounded, alignment, shape.OfFrames);
    }

    private static int Alignment(Tensor x, Tensor w, Tensor y) => CudaAlignment.Of(MostAlignment, x, w, y);

    private static (int T, int H, int W) Axes(Triple of) => (of.T, of.H, of.W);
}
