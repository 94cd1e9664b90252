namespace GenKernels.Kernels.Attention;

/// <summary>Launches <c>AttentionTensor.cu</c>: attention of 16-bit floats on tensor cores.</summary>
internal static class AttentionTensor
{
    private const int Warps = 4;
    private const int Rows = 16 * Warps;
    private const int ChunkLength = 8;
    private const int ChunkBytes = 16;

    // For heads of up to 8, 16, 40, 64, 80 and 160 channels; those of 512 would not fit a thread's registers.
    private static readonly int[] s_headPieces = [1, 2, 5, 8, 10, 20];

    private static readonly KernelSource s_source = Source(
        "Attention/AttentionTensor.cu", Types, Variants);

    /// <summary>What the kernels on tensor cores are compiled for.</summary>
    internal static ElementType[] Types => [ElementType.Float16, ElementType.BFloat16];

    /// <inheritdoc cref="Types"/>
    internal static string[] Variants => [.. s_headPieces.Select(Define)];

    /// <returns>
    /// Whether tensor cores can do it: of 16-bit floats, with whole, aligned chunks of channels, as many as registers
    /// hold.
    /// </returns>
    internal static bool Fits(AttentionPlan plan, params ReadOnlySpan<Tensor> tensors)
    {
        if (plan.Channels % ChunkLength != 0 || plan.Channels > s_headPieces[^1] * ChunkLength) return false;
        if (plan.Keys == 0 || tensors[0].Device.WarpSize == 1) return false;
        foreach (Tensor tensor in tensors)
        {
            if (!Types.Contains(tensor.Type) || tensor.Address % ChunkBytes != 0) return false;
        }

        return true;
    }

    /// <summary>As <see cref="Attention.Forward"/>, into tensors that are there.</summary>
    internal static void Launch(
        Tensor q, Tensor k, Tensor v, Tensor y, Tensor logSumExp, AttentionPlan plan, LaunchCost cost) =>
        q.Device.Load(s_source, q.Type, Variant(plan.Channels)).Kernel("AttentionTensor").Launch(
            Blocks(plan, plan.Queries, ownTiles: 1) with { Cost = cost }, q, k, v, y, logSumExp,
            KernelArgument.Structure(ref plan));

    /// <returns>The variant for heads of so many channels.</returns>
    internal static string Variant(int channels) => Define(HeadPieces(channels));

    /// <returns>A block for every tile of the tokens, with so many tiles of its own in shared memory.</returns>
    internal static LaunchShape Blocks(AttentionPlan plan, int tokens, int ownTiles)
    {
        int pieces = HeadPieces(plan.Channels);
        int others = pieces > 10 ? 32 : 64;
        int rowBytes = ((2 * ((pieces + 1) / 2)) + 1) * ChunkBytes;
        int sharedBytes = ((ownTiles * Rows) + (4 * others)) * rowBytes;
        return new LaunchShape(plan.Pairs * ((tokens + Rows - 1) / Rows), 1, 1, Warps * 32, sharedBytes);
    }

    private static int HeadPieces(int channels) => s_headPieces.First(pieces => pieces * ChunkLength >= channels);

    private static string Define(int pieces) => $"HeadPieces={pieces}";
}
