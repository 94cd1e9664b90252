namespace GenKernels.Kernels.Attention;

/// <summary>How blocks of 256 threads divide an attention; the C# side of <c>AttentionTile.cuh</c>.</summary>
internal static class AttentionTile
{
    private const int Across = 16;

    // For heads of up to 16, 48, 64, 80, 160 and 512 channels: the sizes in the models.
    private static readonly int[] s_columnsPerThread = [1, 3, 4, 5, 10, 32];

    /// <summary>The variants that the kernels are compiled for.</summary>
    internal static string[] Variants { get; } = [.. s_columnsPerThread.Select(Define)];

    /// <returns>The variant for heads with the given channels.</returns>
    internal static string Variant(int channels) => Define(ColumnsPerThread(channels));

    /// <returns>A block for every tile of the tokens of every sequence and head.</returns>
    internal static LaunchShape Blocks(Tensor x, AttentionPlan plan, int tokens)
    {
        int patch = x.Type == ElementType.Float64 || ColumnsPerThread(plan.Channels) > 10 ? 2 : 4;
        int tile = Across * patch;
        return LaunchShape.Blocks(x.Device, plan.Pairs * Quotient.Up(tokens, tile));
    }

    private static int ColumnsPerThread(int channels) =>
        s_columnsPerThread.First(columns => columns * Across >= channels);

    private static string Define(int columns) => $"ColumnsPerThread={columns}";
}
