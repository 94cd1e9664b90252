using GenKernels.Kernels.Common;
using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.MatrixProduct;
using GenKernels.Kernels.Movement;

namespace GenKernels.Kernels.Convolution;

/// <summary>
/// Convolutions and their adjoints: launches <c>Convolution.cu</c>, on tensor cores <c>ConvolutionTensor.cu</c>, on the
/// CPU <c>ConvolutionHost.cpp</c>, or cuDNN where it is found and measured faster.
/// </summary>
public static class Convolution
{
    private const int Tile = 64;

    // Rows of the packed matrix, and about how many elements a packed row has: 512 x 512 floats are 1 MB, a core's
    // private cache.
    private const int HostRows = 512;
    private const int HostDepth = 512;
    private const int FewestHostRows = 32;
    private const int ManyHostBlocks = 8;

    private static readonly ConvolutionChoice s_choice = new();
    private static readonly KernelSource s_source = Source("Convolution/Convolution.cu");

    private static readonly KernelSource s_hostSource =
        Source("Convolution/ConvolutionHost.cpp", [ElementType.Float64, ElementType.Float32]);

    /// <summary>The kernel for CUDA cores.</summary>
    internal static KernelSource SourceFile => s_source;

    /// <summary>The kernel for the CPU.</summary>
    internal static KernelSource HostSourceFile => s_hostSource;

    /// <summary>Cross-correlates: a convolution as networks define it, the kernel not flipped.</summary>
    /// <param name="x">Activations, <c>[N, T, H, W, C]</c>; T is 1 for two dimensions, T and H for one.</param>
    /// <param name="w">Weights, <c>[O, kT, kH, kW, C / groups]</c>.</param>
    /// <param name="options">Stride, padding, dilation, groups.</param>
    /// <returns>A new tensor, <c>[N, T', H', W', O]</c>; the caller or its scope disposes it.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentException">The tensors are not floats, or differ in type or device.</exception>
    public static Tensor Forward(Tensor x, Tensor w, ConvolutionOptions options) =>
        Forward(x, w, options, ProductEpilogue.None);

    /// <inheritdoc cref="Forward(Tensor, Tensor, ConvolutionOptions)"/>
    /// <param name="x">Activations, <c>[N, T, H, W, C]</c>; T is 1 for two dimensions, T and H for one.</param>
    /// <param name="w">Weights, <c>[O, kT, kH, kW, C / groups]</c>.</param>
    /// <param name="options">Stride, padding, dilation, groups.</param>
    /// <param name="epilogue">
    /// Applied to the sums: its rows are the output positions of all clips, its columns the output channels.
    /// </param>
    /// <param name="scales">
    /// Factors that multiply the activations first, per clip, frame (or 1 for all frames) and channel,
    /// <c>[N, T or 1, C]</c>; or null.
    /// </param>
    public static Tensor Forward(
        Tensor x, Tensor w, ConvolutionOptions options, ProductEpilogue epilogue, Tensor? scales = null)
    {
        Require.Float(x);
        Require.SameKind(x, w);
        ConvolutionPlan plan = ConvolutionPlan.Forward(x.Shape, w.Shape, options);
        Shape shape = [x.Shape[0], plan.Out.T, plan.Out.H, plan.Out.W, w.Shape[0]];
        epilogue.RequireFits(x, shape);
        if (scales is not null) RequireScales(x, scales);
        return Launch(x, w, scales, plan, shape, epilogue);
    }

    /// <summary>The adjoint with respect to the activations: what other libraries call a transposed
    /// convolution.</summary>
    /// <param name="dy">The upstream gradient, of the shape of the convolution's result.</param>
    /// <param name="w">The convolution's weights.</param>
    /// <param name="inputShape">The shape of the convolution's activations.</param>
    /// <param name="options">Those of the convolution.</param>
    /// <returns>A new tensor of <paramref name="inputShape"/>; the caller or its scope disposes it.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentException">The tensors are not floats, or differ in type or device.</exception>
    public static Tensor DataGradient(Tensor dy, Tensor w, Shape inputShape, ConvolutionOptions options)
    {
        Require.Float(dy);
        Require.SameKind(dy, w);
        ConvolutionPlan forward = ConvolutionPlan.Forward(inputShape, w.Shape, options);
        Require.Shape(dy, [inputShape[0], forward.Out.T, forward.Out.H, forward.Out.W, w.Shape[0]]);
        if (dy.ElementCount == 0) return Tensor.Zeros(inputShape, dy.Type, dy.Device);
        Triple size = new(inputShape[1], inputShape[2], inputShape[3]);
        ConvolutionPlan plan = ConvolutionPlan.DataGradient(dy.Shape, w.Shape, size, options);
        return Launch(dy, w, null, plan, inputShape, ProductEpilogue.None, isAdjoint: true);
    }

    /// <summary>Convolves by a given algorithm on a device with warps; the arguments are checked already.</summary>
    /// <remarks>If <paramref name="isAdjoint"/>, <paramref name="w"/> are the weights of the convolution.</remarks>
    internal static void Launch(
        ProductAlgorithm algorithm, Tensor x, Tensor w, Tensor y, ConvolutionPlan plan, ProductEpilogue epilogue,
        bool isAdjoint,
        Tensor? scales = null)
    {
        if (scales is not null && !algorithm.ScalesInLoad)
        {
            using Tensor scaled = Scaled(x, scales);
            Launch(algorithm, scaled, w, y, plan, epilogue, isAdjoint);
        }
        else if (algorithm.Method == ProductMethod.Library)
        {
            if (isAdjoint) ConvolutionLibrary.LaunchDataGradient(x, w, y, plan.Adjoint, algorithm.Rank);
            else ConvolutionLibrary.Launch(x, w, y, epilogue, plan, algorithm.Rank);
        }
        else if (isAdjoint)
        {
            using Tensor adjoint = StridedCopy.AdjointWeights(w, plan.Groups);
            Launch(algorithm, x, adjoint, y, plan, epilogue, isAdjoint: false, scales);
        }
        else if (algorithm.Method == ProductMethod.TensorCores)
        {
            ConvolutionTensor.Launch(x, w, y, epilogue, plan, scales, algorithm.Tiling, algorithm.Parts);
        }
        else LaunchOnCudaCores(x, w, y, plan, epilogue);
    }

    /// <summary>Convolves without gaps by a given method on the CPU; the arguments are checked already.</summary>
    internal static void LaunchOnHost(
        HostMethod method, Tensor x, Tensor w, Tensor? scales, Tensor y, ConvolutionPlan plan,
        ProductEpilogue epilogue, bool isAdjoint)
    {
        bool isByTiles = method is HostMethod.Tiles or HostMethod.TallTiles;

        // Tiles transform the adjoint's weights as they lie; the other methods need them transposed in memory.
        if (isAdjoint && !isByTiles)
        {
            using Tensor adjoint = StridedCopy.AdjointWeights(w, plan.Groups);
            LaunchOnHost(method, x, adjoint, scales, y, plan, epilogue, isAdjoint: false);
            return;
        }

        int lines = Math.Clamp(HostDepth / plan.LineLength, 1, plan.LineCount);
        int rows = (int)Math.Clamp(plan.RowCount / ManyHostBlocks, FewestHostRows, HostRows);
        (WinogradPlan division, long blocks) = WinogradPlan.Forward(
            plan, x.Device.ProcessorCount, isTall: method == HostMethod.TallTiles);
        if (!isByTiles) blocks = (plan.RowCount + rows - 1) / rows;
        LaunchShape shape = new(blocks, 1, 1, 1)
        {
            HasLongBlocks = isByTiles,
            Cost = epilogue.Cost(plan.Operations, x, w, y),
        };
        EpilogueParameters parameters = epilogue.Parameters(y.Shape);
        x.Device.Load(s_hostSource, x.Type).Kernel("ConvolutionHost").Launch(
            shape, x, w, scales, epilogue.Factor, epilogue.Noise, epilogue.Bias, epilogue.Residual, y,
            HostProduct.For(x.Type), KernelArgument.Structure(ref parameters), KernelArgument.Structure(ref plan),
            KernelArgument.Structure(ref division), scales?.Shape[1] ?? 0, rows, lines, (int)method, isAdjoint ? 1 : 0);
    }

    /// <exception cref="ShapeException">The scales are not <c>[N, T or 1, C]</c>.</exception>
    /// <exception cref="ArgumentException">The two differ in type or device.</exception>
    internal static void RequireScales(Tensor x, Tensor scales)
    {
        Require.SameKind(x, scales);
        int frames = scales.Shape.Rank > 1 && scales.Shape[1] == 1 ? 1 : x.Shape[1];
        Require.Shape(scales, [x.Shape[0], frames, x.Shape[4]]);
    }

    /// <returns>The activations times their scales, for kernels that do not apply them as they load.</returns>
    internal static Tensor Scaled(Tensor x, Tensor scales)
    {
        using Tensor broadcast = scales.View([x.Shape[0], scales.Shape[1], 1, 1, x.Shape[4]]);
        return Binary.Forward(BinaryKind.Multiply, x, broadcast);
    }

    private static Tensor Launch(
        Tensor x, Tensor w, Tensor? scales, ConvolutionPlan plan, Shape shape, ProductEpilogue epilogue,
        bool isAdjoint = false)
    {
        if (HostProduct.IsWidened(x))
        {
            using OperandScope scope = new();
            using Tensor wideX = Cast.Forward(x, ElementType.Float32);
            using Tensor wideW = Cast.Forward(w, ElementType.Float32);
            Tensor? wideScales = scope.Cast(scales, ElementType.Float32);
            ProductEpilogue wide = epilogue.Cast(ElementType.Float32, scope);
            using Tensor wideY = Launch(wideX, wideW, wideScales, plan, shape, wide, isAdjoint);
            return Cast.Forward(wideY, x.Type);
        }

        bool isOnHost = x.Device.WarpSize == 1;
        if (scales is not null && !isOnHost && shape.ElementCount > 0
            && !ConvolutionTensor.FitsScaled(x, w, scales, plan))
        {
            using Tensor scaled = Scaled(x, scales);
            return Launch(scaled, w, null, plan, shape, epilogue);
        }

        Tensor y = Tensor.Empty(shape, x.Type, x.Device);
        if (y.ElementCount == 0) return y;
        if (!isOnHost) LaunchOnDevice(x, w, y, plan, epilogue, isAdjoint, scales);
        else if (plan.PhaseCount > 1) LaunchPhasesOnHost(x, w, y, plan);
        else LaunchOnHost(HostMethodFor(x, plan, isAdjoint), x, w, scales, y, plan, epilogue, isAdjoint);
        return y;
    }

    private static HostMethod HostMethodFor(Tensor x, ConvolutionPlan plan, bool isAdjoint)
    {
        ConvolutionRole role = isAdjoint ? ConvolutionRole.DataGradient : ConvolutionRole.Forward;
        HostConvolutionKey key = new(plan, role, x.Type, HostProduct.IsOfLibrary);
        return x.Device.Tuner.Choose(HostConvolutionChoice.Instance, key);
    }

    private static void LaunchOnDevice(
        Tensor x, Tensor w, Tensor y, ConvolutionPlan plan, ProductEpilogue epilogue, bool isAdjoint, Tensor? scales)
    {
        ConvolutionKey key = new(
            plan, isAdjoint ? ConvolutionRole.DataGradient : ConvolutionRole.Forward, x.Type,
            TensorCores.PrecisionOf(x), ConvolutionTensor.Fits(x, isAdjoint ? null : w, plan),
            TensorCores.AreRowsAligned(x) && TensorCores.AreRowsAligned(w), scales?.Shape[1] ?? 0,
            EpilogueKey.Of(epilogue));
        Launch(x.Device.Tuner.Choose(s_choice, key), x, w, y, plan, epilogue, isAdjoint, scales);
    }

    private static void LaunchOnCudaCores(
        Tensor x, Tensor w, Tensor y, ConvolutionPlan plan, ProductEpilogue epilogue)
    {
        long tiles = (plan.PhaseRowCount + Tile - 1) / Tile * ((plan.OutGroup + Tile - 1) / Tile);
        EpilogueParameters parameters = epilogue.Parameters(y.Shape);
        LaunchShape grid = LaunchShape.Blocks(x.Device, tiles, plan.Groups, plan.PhaseCount);
        x.Device.Load(s_source, x.Type).Kernel("Convolution").Launch(
            grid with { Cost = epilogue.Cost(plan.Operations, x, w, y) }, x, w, epilogue.Factor, epilogue.Noise,
            epilogue.Bias, epilogue.Residual, y, KernelArgument.Structure(ref parameters),
            KernelArgument.Structure(ref plan));
    }

    /// <summary>The adjoint of a strided convolution, one launch a phase, so that no gap is multiplied; without an
    /// epilogue.</summary>
    private static void LaunchPhasesOnHost(Tensor x, Tensor w, Tensor y, ConvolutionPlan plan)
    {
        using Tensor adjoint = StridedCopy.AdjointWeights(w, plan.Groups);
        for (int index = 0; index < plan.PhaseCount; index++)
        {
            ConvolutionPhase phase = plan.Phase(index);
            Triple size = phase.Plan.Out;
            if (size.Product == 0) continue;
            Shape shape = [y.Shape[0], size.T, size.H, size.W, y.Shape[4]];
            bool hasTaps = phase.TapCount.Product > 0;
            using Tensor part = hasTaps
                ? Tensor.Empty(shape, y.Type, y.Device) : Tensor.Zeros(shape, y.Type, y.Device);
            if (hasTaps)
            {
                using Tensor taps = StridedCopy.Taps(adjoint, phase.FirstTap, phase.TapStep, phase.TapCount);
                HostMethod method = HostMethodFor(x, phase.Plan, isAdjoint: false);
                LaunchOnHost(method, x, taps, null, part, phase.Plan, ProductEpilogue.None, isAdjoint: false);
            }

            StridedCopy.Spread(part, y, phase.Number, plan.Up);
        }
    }
}
