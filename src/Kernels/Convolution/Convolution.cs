using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.MatrixProduct;
using GenKernels.Kernels.Movement;

namespace GenKernels.Kernels.Convolution;

/// <summary>Launches <c>Convolution.cu</c>, or on the CPU <c>ConvolutionHost.cpp</c>: convolutions and their
/// adjoints.</summary>
public static class Convolution
{
    private const int Tile = 64;

    // Rows of a packed matrix, and about how many elements a packed row has: 512 x 512 floats are 1 MB, a core's own
    // cache.
    private const int HostRows = 512;
    private const int HostDepth = 512;
    private const int FewestHostRows = 32;
    private const int ManyHostBlocks = 8;

    private static readonly KernelSource s_source = Source("Convolution/Convolution.cu");

    private static readonly KernelSource s_hostSource =
        Source("Convolution/ConvolutionHost.cpp", [ElementType.Float64, ElementType.Float32]);

    /// <summary>Cross-correlates, as networks do.</summary>
    /// <param name="x">Activations, <c>[N, T, H, W, C]</c>; one frame, or one row, for fewer dimensions.</param>
    /// <param name="w">Weights, <c>[O, kT, kH, kW, C / groups]</c>.</param>
    /// <param name="options">Stride, padding, dilation, groups.</param>
    /// <returns>A new tensor, <c>[N, T', H', W', O]</c>; the caller or its scope disposes it.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Tensor Forward(Tensor x, Tensor w, ConvolutionOptions options)
    {
        Require.Float(x);
        Require.SameKind(x, w);
        ConvolutionPlan plan = ConvolutionPlan.Forward(x.Shape, w.Shape, options);
        return Launch(x, w, plan, [x.Shape[0], plan.Out.T, plan.Out.H, plan.Out.W, w.Shape[0]]);
    }

    /// <summary>The adjoint with respect to the activations: what other libraries call a transposed
    /// convolution.</summary>
    /// <param name="dy">Of the shape of the result of <see cref="Forward"/>.</param>
    /// <param name="w">The weights of <see cref="Forward"/>.</param>
    /// <param name="inputShape">The shape of the activations of <see cref="Forward"/>.</param>
    /// <param name="options">Those of <see cref="Forward"/>.</param>
    /// <returns>A new tensor of <paramref name="inputShape"/>; the caller or its scope disposes it.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Tensor DataGradient(Tensor dy, Tensor w, Shape inputShape, ConvolutionOptions options)
    {
        Require.Float(dy);
        Require.SameKind(dy, w);
        ConvolutionPlan forward = ConvolutionPlan.Forward(inputShape, w.Shape, options);
        Require.Shape(dy, [inputShape[0], forward.Out.T, forward.Out.H, forward.Out.W, w.Shape[0]]);
        Triple size = new(inputShape[1], inputShape[2], inputShape[3]);
        ConvolutionPlan plan = ConvolutionPlan.DataGradient(dy.Shape, w.Shape, size, options);

        // Tiles read the weights turned; the other ways need them turned in memory.
        if (dy.Device.WarpSize == 1 && plan.MethodOnHost == HostMethod.Tiles)
        {
            return Launch(dy, w, plan, inputShape, isAdjoint: true);
        }

        using Tensor turned = StridedCopy.TurnWeights(w, options.Groups);
        return Launch(dy, turned, plan, inputShape);
    }

    private static Tensor Launch(Tensor x, Tensor w, ConvolutionPlan plan, Shape shape, bool isAdjoint = false)
    {
        if (HostProduct.IsWidened(x))
        {
            using Tensor wideX = Cast.Forward(x, ElementType.Float32);
            using Tensor wideW = Cast.Forward(w, ElementType.Float32);
            using Tensor wideY = Launch(wideX, wideW, plan, shape, isAdjoint);
            return Cast.Forward(wideY, x.Type);
        }

        Tensor y = Tensor.Empty(shape, x.Type, x.Device);
        if (y.ElementCount == 0) return y;
        if (x.Device.WarpSize == 1)
        {
            LaunchOnHost(x, w, y, plan, isAdjoint);
            return y;
        }

        long tiles = (plan.RowCount + Tile - 1) / Tile * ((plan.OutGroup + Tile - 1) / Tile);
        LaunchShape blocks = LaunchShape.Blocks(x.Device, tiles, plan.Groups) with { Cost = Cost(x, w, y, plan) };
        x.Device.Load(s_source, x.Type).Kernel("Convolution").Launch(
            blocks, x, w, y, KernelArgument.Structure(ref plan));
        return y;
    }

    private static LaunchCost Cost(Tensor x, Tensor w, Tensor y, ConvolutionPlan plan) =>
        LaunchCost.Of(x, w, y) with { Operations = plan.Operations };

    private static void LaunchOnHost(Tensor x, Tensor w, Tensor y, ConvolutionPlan plan, bool isAdjoint)
    {
        HostMethod method = plan.MethodOnHost;
        if (method == HostMethod.Direct && plan.IsForColumnsOnHost) method = HostMethod.Columns;
        int lines = Math.Clamp(HostDepth / plan.LineLength, 1, plan.LineCount);
        int rows = (int)Math.Clamp(plan.RowCount / ManyHostBlocks, FewestHostRows, HostRows);
        (WinogradPlan division, long blocks) = WinogradPlan.Forward(plan, x.Device.ProcessorCount);
        if (method != HostMethod.Tiles) blocks = (plan.RowCount + rows - 1) / rows;
        LaunchShape shape = new(blocks, 1, 1, 1)
        {
            HasLongBlocks = method == HostMethod.Tiles,
            Cost = Cost(x, w, y, plan),
        };
        x.Device.Load(s_hostSource, x.Type).Kernel("ConvolutionHost").Launch(
            shape, x, w, y, HostProduct.For(x.Type), KernelArgument.Structure(ref plan),
            KernelArgument.Structure(ref division), rows, lines, (int)method, isAdjoint ? 1 : 0);
    }
}
