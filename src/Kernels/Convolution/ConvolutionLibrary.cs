using GenKernels.Kernels.MatrixProduct;
using GenKernels.Runtime.Interop;

namespace GenKernels.Kernels.Convolution;

/// <summary>
/// Convolutions and their gradients by cuDNN on a GPU, as an alternative that <see cref="Convolution"/> and
/// <see cref="ConvolutionWeightGradient"/> may choose.
/// </summary>
internal static class ConvolutionLibrary
{
    // Bytes of the widest vectorised load of an engine.
    private const int MostAlignment = 16;

    /// <returns>Whether the library has an engine of this rank for the work of a key, apart from its scales.</returns>
    /// <param name="device">Where it would run.</param>
    /// <param name="key">The work.</param>
    /// <param name="rank">Index in the engines that the library's heuristic returns, the best being 0.</param>
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

    /// <returns>Whether the library is found, the device is a GPU, and an engine takes the types and sizes.</returns>
    /// <inheritdoc cref="Launch" path="/param"/>
    internal static bool Fits(Tensor x, Tensor w, Tensor y, ProductEpilogue epilogue, ConvolutionPlan plan) =>
        IsSupported(CudaConvolutionKind.Forward, x.Device, x.Type, SumType(y, epilogue), Alignment(x, w, y), plan);

    /// <param name="x">Activations, <c>[N, T, H, W, C]</c>; checked already, as are the other arguments.</param>
    /// <param name="w">Weights, <c>[O, kT, kH, kW, C / groups]</c>.</param>
    /// <param name="y">The result, <c>[N, T', H', W', O]</c>; written.</param>
    /// <param name="epilogue">
    /// Applied by <see cref="SplitKReduction"/> to the sums, which are not rounded before.
    /// </param>
    /// <param name="plan">The geometry.</param>
    /// <param name="rank">Index in the engines that the library's heuristic returns.</param>
    /// <exception cref="CudaException">The library has no engine for it, or failed.</exception>
    internal static void Launch(
        Tensor x, Tensor w, Tensor y, ProductEpilogue epilogue, ConvolutionPlan plan, int rank = 0)
    {
        ElementType sumType = SumType(y, epilogue);
        using Tensor? sums = sumType == y.Type ? null : Tensor.Empty(y.Shape, sumType, y.Device);
        Convolve(CudaConvolutionKind.Forward, x, w, sums ?? y, plan, rank);
        if (!epilogue.IsNone) SplitKReduction.Into(sums ?? y, epilogue, y);
    }

    /// <returns>Whether the library can compute it, under the conditions of the convolution.</returns>
    /// <inheritdoc cref="LaunchDataGradient" path="/param"/>
    internal static bool FitsDataGradient(Tensor dy, Tensor w, Tensor dx, ConvolutionPlan forward) =>
        IsSupported(CudaConvolutionKind.DataGradient, dy.Device, dy.Type, dx.Type, Alignment(dx, w, dy), forward);

    /// <param name="dy">The upstream gradient, <c>[N, T', H', W', O]</c>.</param>
    /// <param name="w">The convolution's weights, not transposed.</param>
    /// <param name="dx">The gradient of the activations, <c>[N, T, H, W, C]</c>; written.</param>
    /// <param name="forward">The geometry of the convolution itself.</param>
    /// <param name="rank">Index in the engines that the library's heuristic returns.</param>
    /// <exception cref="CudaException">The library has no engine for it, or failed.</exception>
    internal static void LaunchDataGradient(
        Tensor dy, Tensor w, Tensor dx, ConvolutionPlan forward, int rank = 0) =>
        Convolve(CudaConvolutionKind.DataGradient, dx, w, dy, forward, rank);

    /// <returns>Whether the library can compute it, under the conditions of the convolution.</returns>
    /// <inheritdoc cref="LaunchWeightGradient" path="/param"/>
    internal static bool FitsWeightGradient(Tensor x, Tensor dy, Tensor dw, ConvolutionPlan plan) =>
        IsSupported(CudaConvolutionKind.WeightGradient, x.Device, x.Type, dw.Type, Alignment(x, dw, dy), plan);

    /// <param name="x">The activations of the convolution, <c>[N, T, H, W, C]</c>.</param>
    /// <param name="dy">The upstream gradient, <c>[N, T', H', W', O]</c>.</param>
    /// <param name="dw">The gradient of the weights, <c>[O, kT, kH, kW, C / groups]</c>; written.</param>
    /// <param name="plan">The convolution's geometry.</param>
    /// <param name="rank">Index in the engines that the library's heuristic returns.</param>
    /// <exception cref="CudaException">The library has no engine for it, or failed.</exception>
    internal static void LaunchWeightGradient(
        Tensor x, Tensor dy, Tensor dw, ConvolutionPlan plan, int rank = 0) =>
        Convolve(CudaConvolutionKind.WeightGradient, x, dw, dy, plan, rank);

    /// <remarks>With 2^31 elements or more cuDNN has silently returned wrong results; it is not used there.</remarks>
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

    /// <returns>Whether no padding is negative: cuDNN cannot crop.</returns>
    private static bool IsPadded(CudaConvolutionShape shape)
    {
        ((int T, int H, int W) before, (int T, int H, int W) after) = (shape.Before, shape.After);
        return Math.Min(Math.Min(before.T, before.H), before.W) >= 0
            && Math.Min(Math.Min(after.T, after.H), after.W) >= 0;
    }

    /// <returns>The type that sums are stored in: 32-bit floats if an epilogue follows.</returns>
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
