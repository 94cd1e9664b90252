using GenKernels.Kernels.MatrixProduct;
using GenKernels.Kernels.Movement;
using GenKernels.Kernels.Random;
using GenKernels.Kernels.Reduction;

namespace GenKernels.Kernels.Convolution;

/// <summary>The one place that decides how the CPU computes convolutions and their gradients.</summary>
internal sealed class HostConvolutionChoice : ITunedWork<HostConvolutionKey, HostMethod>
{
    // With more weights the direct method is not tried, as it cannot win: every block transposes all of them.
    private const int MostDirectWeights = 4 * ConvolutionPlan.MostDirectWeights;

    private static readonly HostMethod[] s_tiles = [HostMethod.Tiles, HostMethod.TallTiles];

    /// <summary>The instance that all launches share.</summary>
    internal static HostConvolutionChoice Instance { get; } = new();

    /// <inheritdoc/>
    public string Name => "ConvolutionHost";

    /// <inheritdoc/>
    public IReadOnlyList<KernelSource> Sources =>
    [
        Convolution.HostSourceFile, ConvolutionWeightGradient.HostSourceFile, StridedCopy.SourceFile,
        Transpose.SourceFile, Reduce.SourceFile,
    ];

    /// <inheritdoc/>
    public HostMethod Rule(Device device, in HostConvolutionKey key)
    {
        HostMethod method = key.Plan.MethodOnHost;
        if (key.Role == ConvolutionRole.WeightGradient) return method;
        return method switch
        {
            HostMethod.Direct when key.Plan.IsForColumnsOnHost => HostMethod.Columns,
            HostMethod.Tiles when WinogradPlan.IsTall(key.Plan) => HostMethod.TallTiles,
            _ => method,
        };
    }

    /// <inheritdoc/>
    public IEnumerable<HostMethod> Algorithms(Device device, in HostConvolutionKey key)
    {
        List<HostMethod> algorithms = [Rule(device, key), HostMethod.PackedRows];
        bool isOfWeights = key.Role == ConvolutionRole.WeightGradient;
        if (key.Plan.IsForTiles) algorithms.AddRange(isOfWeights ? [HostMethod.Tiles] : s_tiles);
        if (key.Plan.DirectWeights <= MostDirectWeights)
        {
            algorithms.Add(HostMethod.Direct);
            if (key.Plan.HasPlainColumns && !isOfWeights) algorithms.Add(HostMethod.Columns);
        }

        return [.. algorithms.Distinct()];
    }

    /// <inheritdoc/>
    public IEnumerable<(KernelSource Source, ElementType Type, string Variant)> Modules(
        HostConvolutionKey key, IReadOnlyList<HostMethod> algorithms)
    {
        bool isOfWeights = key.Role == ConvolutionRole.WeightGradient;
        KernelSource source = isOfWeights ? ConvolutionWeightGradient.HostSourceFile : Convolution.HostSourceFile;
        return [(source, key.Type, "")];
    }

    /// <inheritdoc/>
    public Action<HostMethod> Prepare(Device device, HostConvolutionKey key)
    {
        (ConvolutionPlan plan, ElementType type) = (key.Plan, key.Type);
        using RandomGenerator random = new(device, seed: 1);
        Tensor x = random.Normal(plan.InputShape, type);
        if (key.Role == ConvolutionRole.WeightGradient)
        {
            Tensor dy = random.Normal(plan.OutputShape, type);
            return method => ConvolutionWeightGradient.LaunchOnHost(
                method, x, dy, null, plan.WeightShape, plan).Dispose();
        }

        bool isAdjoint = key.Role == ConvolutionRole.DataGradient;
        Tensor w = random.Normal(isAdjoint ? plan.AdjointWeightShape : plan.WeightShape, type);
        Tensor y = Tensor.Empty(plan.OutputShape, type, device);
        return method => Convolution.LaunchOnHost(method, x, w, null, y, plan, ProductEpilogue.None, isAdjoint);
    }
}
