using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.MatrixProduct;
using GenKernels.Kernels.Reduction;

namespace GenKernels.Kernels.Convolution;

/// <summary>
/// Gradients of convolutions with respect to weights: launches <c>ConvolutionWeightGradient.cu</c>, on tensor cores
/// <c>ConvolutionWeightGradientTensor.cu</c>, on the CPU <c>ConvolutionWeightGradientHost.cpp</c>, or cuDNN where it is
/// found and measured faster.
/// </summary>
public static class ConvolutionWeightGradient
{
    private const int Tile = 64;

    // On the CPU: rows packed at a time, and about how many elements a packed row has.
    private const int HostRows = 512;
    private const int HostDepth = 512;

    // Blocks that fill a processor, and the fewest rows that are worth a separate segment. The number of segments
    // decides the order of the additions, so that it must depend on the shapes alone, not on the device.
    private const int ManyHostBlocks = 8;
    private const int ManyBlocks = 256;
    private const int FewestRows = 2048;

    private static readonly ConvolutionWeightGradientChoice s_choice = new();
    private static readonly KernelSource s_source = Source("Convolution/ConvolutionWeightGradient.cu");

    private static readonly KernelSource s_hostSource =
        Source("Convolution/ConvolutionWeightGradientHost.cpp", [ElementType.Float64, ElementType.Float32]);

    /// <summary>The kernel for CUDA cores.</summary>
    internal static KernelSource SourceFile => s_source;

    /// <summary>The kernel for the CPU.</summary>
    internal static KernelSource HostSourceFile => s_hostSource;

    /// <param name="x">The activations of the convolution, <c>[N, T, H, W, C]</c>.</param>
    /// <param name="dy">The upstream gradient, <c>[N, T', H', W', O]</c>.</param>
    /// <param name="weightShape">The shape of the result, <c>[O, kT, kH, kW, C / groups]</c>.</param>
    /// <param name="options">Those of the convolution.</param>
    /// <param name="scales">The convolution's scales of the activations, <c>[N, T or 1, C]</c>; or null.</param>
    /// <returns>The gradient of the weights; the caller or its scope disposes it.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentException">The tensors are not floats, or differ in type or device.</exception>
    public static Tensor Forward(
        Tensor x, Tensor dy, Shape weightShape, ConvolutionOptions options, Tensor? scales = null)
    {
        Require.Float(x);
        Require.SameKind(x, dy);
        ConvolutionPlan plan = ConvolutionPlan.Forward(x.Shape, weightShape, options);
        Require.Shape(dy, [x.Shape[0], plan.Out.T, plan.Out.H, plan.Out.W, weightShape[0]]);
        if (scales is not null) Convolution.RequireScales(x, scales);

        if (dy.ElementCount == 0) return Tensor.Zeros(weightShape, x.Type, x.Device);
        if (HostProduct.IsWidened(x))
        {
            using OperandScope scope = new();
            using Tensor wideX = Cast.Forward(x, ElementType.Float32);
            using Tensor wideDy = Cast.Forward(dy, ElementType.Float32);
            Tensor? wideScales = scope.Cast(scales, ElementType.Float32);
            using Tensor wide = Forward(wideX, wideDy, weightShape, options, wideScales);
            return Cast.Forward(wide, x.Type);
        }

        if (x.Device.WarpSize == 1)
        {
            HostConvolutionKey hostKey = new(plan, ConvolutionRole.WeightGradient, x.Type, HostProduct.IsOfLibrary);
            HostMethod method = x.Device.Tuner.Choose(HostConvolutionChoice.Instance, hostKey);
            return LaunchOnHost(method, x, dy, scales, weightShape, plan);
        }

        if (scales is not null)
        {
            using Tensor scaled = Convolution.Scaled(x, scales);
            return Forward(scaled, dy, weightShape, options);
        }

        ConvolutionKey key = new(
            plan, ConvolutionRole.WeightGradient, x.Type, TensorCores.PrecisionOf(x),
            ConvolutionWeightGradientTensor.Fits(x, dy, plan),
            TensorCores.AreRowsAligned(x) && TensorCores.AreRowsAligned(dy));
        return Launch(x.Device.Tuner.Choose(s_choice, key), x, dy, weightShape, plan);
    }

    /// <summary>Computes it by a given algorithm on a device with warps; the arguments are checked already.</summary>
    internal static Tensor Launch(
        ProductAlgorithm algorithm, Tensor x, Tensor dy, Shape weightShape, ConvolutionPlan plan)
    {
        if (algorithm.Method == ProductMethod.CudaCores) return LaunchOnCudaCores(x, dy, weightShape, plan);
        Tensor dw = Tensor.Empty(weightShape, x.Type, x.Device);
        if (algorithm.Method == ProductMethod.TensorCores)
        {
            ConvolutionWeightGradientTensor.Launch(x, dy, dw, plan, algorithm.Tiling, algorithm.Parts);
        }
        else ConvolutionLibrary.LaunchWeightGradient(x, dy, dw, plan, algorithm.Rank);

        return dw;
    }

    /// <summary>Computes it by a given method on the CPU; the arguments are checked already.</summary>
    internal static Tensor LaunchOnHost(
        HostMethod method, Tensor x, Tensor dy, Tensor? scales, Shape weightShape, ConvolutionPlan plan)
    {
        (WinogradPlan division, int segments, long blocks) = WinogradPlan.WeightGradient(plan);
        int lines = plan.LineCount;
        if (method == HostMethod.Direct)
        {
            segments = (int)Math.Min(ManyHostBlocks, plan.RowCount / plan.Out.W);
            blocks = segments;
        }
        else if (method == HostMethod.PackedRows)
        {
            lines = Math.Clamp(HostDepth / plan.LineLength, 1, plan.LineCount);
            int parts = Quotient.Up(plan.LineCount, lines);
            segments = SegmentCount(plan.RowCount, Quotient.Up(ManyHostBlocks, parts));
            blocks = (long)parts * segments;
        }

        Tensor dw = Tensor.Empty([segments, .. weightShape.AsSpan()], x.Type, x.Device);
        LaunchShape shape = new(blocks, 1, 1, 1)
        {
            HasLongBlocks = method == HostMethod.Tiles,
            Cost = Cost(x, dy, dw, plan),
        };
        x.Device.Load(s_hostSource, x.Type).Kernel("ConvolutionWeightGradientHost").Launch(
            shape, x, dy, scales, dw, HostProduct.For(x.Type), KernelArgument.Structure(ref plan),
            KernelArgument.Structure(ref division), scales?.Shape[1] ?? 0, segments, HostRows, lines, (int)method);
        return SumOfSegments(dw, weightShape, x.Type);
    }

    private static Tensor LaunchOnCudaCores(Tensor x, Tensor dy, Shape weightShape, ConvolutionPlan plan)
    {
        ElementType sumType = x.Type.SumType();
        long tiles = Quotient.Up(plan.OutGroup, Tile) * Quotient.Up(plan.LineCount * (long)plan.LineLength, Tile);
        int segments = SegmentCount(plan.RowCount, (int)Math.Min(64, Quotient.Up(ManyBlocks, tiles)));
        Tensor dw = Tensor.Empty([segments, .. weightShape.AsSpan()], sumType, x.Device);
        LaunchShape shape = LaunchShape.Blocks(x.Device, tiles, segments, plan.Groups) with
        {
            Cost = Cost(x, dy, dw, plan),
        };
        x.Device.Load(s_source, x.Type).Kernel("ConvolutionWeightGradient").Launch(
            shape, x, dy, dw, KernelArgument.Structure(ref plan), segments);
        return SumOfSegments(dw, weightShape, x.Type);
    }

    private static LaunchCost Cost(Tensor x, Tensor dy, Tensor dw, ConvolutionPlan plan) =>
        LaunchCost.Of(x, dy, dw) with { Operations = plan.Operations };

    private static int SegmentCount(long rowCount, int wanted) =>
        (int)Math.Clamp(rowCount / FewestRows, 1, Math.Max(1, wanted));

    /// <summary>Adds up the segments, then rounds to the type once; takes ownership of
    /// <paramref name="parts"/>.</summary>
    private static Tensor SumOfSegments(Tensor parts, Shape weightShape, ElementType type)
    {
        using (parts)
        {
            using Tensor sum =
                parts.Shape[0] == 1 ? parts.View(parts.Shape) : Reduce.Forward(ReduceKind.Sum, parts, 0, 1);
            using Tensor shaped = sum.View(weightShape);
            return Cast.OrView(shaped, type);
        }
    }
}
