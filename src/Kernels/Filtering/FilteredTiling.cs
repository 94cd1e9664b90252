namespace GenKernels.Kernels.Filtering;

/// <summary>
/// The tiling of <c>FilteredLeakyRelu.cu</c> for two filters, and whether the kernel supports them at all.
/// </summary>
/// <param name="First">The filter before the activation.</param>
/// <param name="Second">The filter after the activation.</param>
/// <param name="Outputs">Neighbouring columns of the result per thread.</param>
internal sealed record FilteredTiling(FilteredSide First, FilteredSide Second, int Outputs)
{
    // As in the kernel.
    private const int ChannelLanes = 32;
    private const int ColumnLanes = 8;
    private const int MiddleRows = 2;
    private const int SignBytes = 8;

    private const int MostOutputs = 8;

    // The shared memory per block that every GPU from compute capability 8.0 on offers, and the live 32-bit numbers
    // with which a thread manages in 128 registers, where a multiprocessor holds two blocks, and in 255. Above
    // ManyNumbers a strip is made narrower if possible. The limits apply on the CPU too, so that a program takes the
    // same path everywhere.
    private const int MostSharedBytes = 99 << 10;
    private const int MostNumbersOfTwo = 122;
    private const int ManyNumbers = 180;
    private const int MostNumbers = 300;

    // 32-bit taps are uniform across a warp and live in its uniform registers: up to this many.
    private const int WarpTaps = 36;

    // Taps of a planar filter that are prefetched.
    private const int PlanarTaps = 16;

    // A thread's work per row that does not grow with its positions, in multiplications.
    private const int RowWork = 34;

    /// <summary>Columns of the result per block of the kernel.</summary>
    internal int Columns => ColumnLanes * Outputs;

    /// <summary>The defines of the kernels.</summary>
    internal string Variant =>
        $"Up={First.Rate};UpTaps={First.Taps};IsUpPlanar={(First.IsPlanar ? 1 : 0)};"
        + $"Down={Second.Rate};DownTaps={Second.Taps};IsDownPlanar={(Second.IsPlanar ? 1 : 0)};Outputs={Outputs};"
        + $"BlocksPerProcessor={BlocksPerProcessor}";

    /// <summary>Blocks of the kernel that a multiprocessor holds.</summary>
    internal int BlocksPerProcessor { get; private init; } = 2;

    /// <summary>A thread's work per row between the filters, in multiplications.</summary>
    internal int Work
    {
        get
        {
            int up = First.IsPlanar ? Positions * First.Depth : OwnSamples + Positions;
            int down = Second.IsPlanar ? Second.Taps * Second.Depth : Second.Taps + Second.Depth;
            return (up * First.Depth) + (Outputs * down) + RowWork;
        }
    }

    // Positions per thread of a row between the filters.
    private int Positions => Groups * First.Rate;

    // Per row: groups of positions of a thread, samples under a strip, and samples that a thread loads.
    private int Groups
    {
        get
        {
            int positions = ((Columns - 1) * Second.Rate) + Second.Taps;
            return Quotient.Up(Quotient.Up(positions + First.Rate - 1, First.Rate), ColumnLanes);
        }
    }

    private int Samples => (ColumnLanes * Groups) + First.Depth - 1;

    private int OwnSamples => Quotient.Up(Samples, ColumnLanes);

    /// <returns>
    /// The tilings that fit, widest strips first: those with two blocks per multiprocessor or, if there are none, the
    /// widest with one; empty if no block fits.
    /// </returns>
    /// <param name="first">The filter before the activation.</param>
    /// <param name="second">The filter after the activation.</param>
    /// <param name="type">Type of the tensors.</param>
    internal static FilteredTiling[] Find(FilteredSide first, FilteredSide second, ElementType type)
    {
        if (first.Depth < 1 || second.Depth < 1) return [];
        FilteredTiling[] fitting =
        [
            .. from less in Enumerable.Range(0, MostOutputs)
               let tiling = new FilteredTiling(first, second, MostOutputs - less)
               where tiling.Fits(type)
               select tiling,
        ];
        FilteredTiling[] inTwos = Array.FindAll(fitting, tiling => tiling.Numbers(type) <= MostNumbersOfTwo);
        return inTwos.Length > 0
            ? inTwos
            : [.. fitting.Take(1).Select(tiling => tiling with { BlocksPerProcessor = 1 })];
    }

    /// <returns>Whether any tiling fits: if one does, the one with the narrowest strips does.</returns>
    /// <inheritdoc cref="Find" path="/param"/>
    internal static bool Exists(FilteredSide first, FilteredSide second, ElementType type) =>
        first.Depth > 0 && second.Depth > 0 && new FilteredTiling(first, second, 1).Fits(type);

    /// <returns>Shared memory per block in bytes: the size of <c>Shared</c> in the kernel, up to padding.</returns>
    /// <param name="type">Type of the tensors.</param>
    internal int SharedBytes(ElementType type)
    {
        int sampleRows = First.IsPlanar ? First.Depth + 1 : 2;
        int rows = ChannelLanes * ((sampleRows * Samples) + (MiddleRows * ColumnLanes * Positions));
        int signs = SignBytes * ColumnLanes * Positions;
        return signs + ((rows + TapLine(TapCount(First)) + TapLine(TapCount(Second))) * Size(type));
    }

    private bool Fits(ElementType type) =>
        Numbers(type) <= (Outputs > 1 ? ManyNumbers : MostNumbers) && SharedBytes(type) <= MostSharedBytes;

    // Live 32-bit numbers of a thread: those kept from row to row, and the most in use at once within a row.
    private int Numbers(ElementType type)
    {
        int samples = First.IsPlanar ? OwnSamples : OwnSamples * (First.Depth + 1);
        int sums = Outputs * (Second.Depth + (Second.IsPlanar ? 1 : Second.Rate));
        int up = Positions + Groups + First.Depth - 1;
        int down = Second.IsPlanar ? PlanarTaps + Second.Taps + ((Outputs - 1) * Second.Rate) + Outputs : 0;
        int taps = (First.IsPlanar ? 0 : First.Taps) + (Second.IsPlanar ? 0 : Second.Taps);
        int ownTaps = Size(type) == sizeof(float) ? Math.Max(0, taps - WarpTaps) : taps;
        return (samples + sums + Math.Max(up, down) + ownTaps) * Size(type) / sizeof(float);
    }

    private static int Size(ElementType type) => type == ElementType.Float64 ? sizeof(double) : sizeof(float);

    private static int TapCount(FilteredSide side) => side.IsPlanar ? side.Taps * side.Taps : side.Taps;

    // Rounded up to four elements, which covers the padding of Shared to a multiple of 16 bytes.
    private static int TapLine(int count) => Quotient.Up(count, 4) * 4;
}
