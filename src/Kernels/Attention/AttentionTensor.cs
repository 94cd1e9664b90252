namespace GenKernels.Kernels.Attention;

/// <summary>Launches <c>AttentionTensor.cu</c>: attention of 16-bit floats on tensor cores.</summary>
internal static class AttentionTensor
{
    private const int Warps = 4;
    private const int WarpRows = 16;
    private const int ChunkLength = 8;
    private const int ChunkBytes = 16;
    private const int WarpLogitBytes = 1024;

    /// <summary>The element types that the kernels on tensor cores are compiled for.</summary>
    internal static readonly ElementType[] Types = [ElementType.Float16, ElementType.BFloat16];

    // HeadPieces of heads whose channels are split between the warps.
    private const int Shared = 64;

    // For heads of up to 8, 16, 40, 64, 80, 160 and 512 channels.
    private static readonly int[] s_headPieces = [1, 2, 5, 8, 10, 20, Shared];

    private static readonly KernelSource s_source = Source(
        "Attention/AttentionTensor.cu", Types, [.. s_headPieces.Select(Define)]);

    /// <summary>The kernel's source.</summary>
    internal static KernelSource SourceFile => s_source;

    /// <summary>The variants of the gradients' kernels.</summary>
    internal static string[] GradientVariants => [.. s_headPieces[..^1].Select(Define)];

    /// <returns>
    /// Whether tensor cores can compute it: 16-bit floats on a device with warps, some keys, and channels in whole,
    /// aligned chunks of 16 bytes.
    /// </returns>
    internal static bool Fits(AttentionPlan plan, params ReadOnlySpan<Tensor> tensors)
    {
        if (plan.Channels % ChunkLength != 0 || plan.Keys == 0 || tensors[0].Device.WarpSize == 1) return false;
        foreach (Tensor tensor in tensors)
        {
            if (!Types.Contains(tensor.Type) || tensor.Address % ChunkBytes != 0) return false;
        }

        return true;
    }

    /// <returns>Whether <see cref="Fits"/>, and a thread's registers hold the sums of two gradients.</returns>
    internal static bool FitsGradient(AttentionPlan plan, params ReadOnlySpan<Tensor> tensors) =>
        HeadPieces(plan.Channels) != Shared && Fits(plan, tensors);

    /// <summary><see cref="Attention.Forward"/> into existing tensors.</summary>
    internal static void Launch(
        Tensor q, Tensor k, Tensor v, Tensor y, Tensor logSumExp, AttentionPlan plan, LaunchCost cost) =>
        q.Device.Load(s_source, q.Type, Variant(plan.Channels)).Kernel("AttentionTensor").Launch(
            Blocks(plan, plan.Queries, ownTiles: 1) with { Cost = cost }, q, k, v, y, logSumExp,
            KernelArgument.Structure(ref plan));

    /// <returns>The variant for heads with the given channels.</returns>
    internal static string Variant(int channels) => Define(HeadPieces(channels));

    /// <returns>A block for every tile of the tokens, with the given number of own tiles in shared memory.</returns>
    internal static LaunchShape Blocks(AttentionPlan plan, int tokens, int ownTiles)
    {
        int pieces = HeadPieces(plan.Channels);
        int rows = pieces == Shared ? WarpRows : Warps * WarpRows;
        int others = pieces == Shared ? 16 : pieces > 10 ? 32 : 64;
        int rowBytes = ((2 * ((pieces + 1) / 2)) + 1) * ChunkBytes;
        int logitBytes = pieces == Shared ? Warps * WarpLogitBytes : 0;
        int sharedBytes = (((ownTiles * rows) + (4 * others)) * rowBytes) + logitBytes;
        return new LaunchShape(plan.Pairs * Quotient.Up(tokens, rows), 1, 1, Warps * 32, sharedBytes);
    }

    private static int HeadPieces(int channels) => s_headPieces.First(pieces => pieces * ChunkLength >= channels);

    private static string Define(int pieces) => $"HeadPieces={pieces}";
}
