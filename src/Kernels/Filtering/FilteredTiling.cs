namespace GenKernels.Kernels.Filtering;

/// <summary>
/// How <c>FilteredLeakyRelu.cu</c> is divided for two filters, and whether it is made for them at all.
/// </summary>
/// <param name="First">The filter before the activation.</param>
/// <param name="Second">The filter after it.</param>
/// <param name="Outputs">Neighbouring columns of the result that a thread has.</param>
internal sealed record FilteredTiling(FilteredSide First, FilteredSide Second, int Outputs)
{
    // As in the kernel.
    private const int ChannelLanes = 32;
    private const int ColumnLanes = 8;
    private const int MiddleRows = 2;
    private const int SignBytes = 8;

    private const int MostOutputs = 8;

    // What every GPU from compute capability 8.0 on has for a block, and the numbers of 32 bits with which a thread
    // gets by in 128 registers, where a multiprocessor holds two blocks, and in 255; before they are many a strip is
    // made narrower. The limits hold on the CPU too, so that a program takes the same way everywhere.
    private const int MostSharedBytes = 99 << 10;
    private const int MostNumbersOfTwo = 122;
    private const int ManyNumbers = 180;
    private const int MostNumbers = 300;

    // Taps of 32 bits are the same for all of a warp, which has registers for that: for so many taps.
    private const int WarpTaps = 36;

    // Of a planar filter that are loaded ahead.
    private const int PlanarTaps = 16;

    // What a thread does for a row besides that grows with its places, in multiplications.
    private const int RowWork = 34;

    /// <summary>Columns of the result that a block of the kernel has.</summary>
    internal int Columns => ColumnLanes * Outputs;

    /// <summary>The defines of the kernels.</summary>
    internal string Variant =>
        $"Up={First.Rate};UpTaps={First.Taps};IsUpPlanar={(First.IsPlanar ? 1 : 0)};"
        + $"Down={Second.Rate};DownTaps={Second.Taps};IsDownPlanar={(Second.IsPlanar ? 1 : 0)};Outputs={Outputs};"
        + $"BlocksPerProcessor={BlocksPerProcessor}";

    /// <summary>Blocks of the kernel that a multiprocessor holds.</summary>
    internal int BlocksPerProcessor { get; private init; } = 2;

    /// <summary>How long a thread is at work for a row between the filters, in multiplications.</summary>
    internal int Work
    {
        get
        {
            int up = First.IsPlanar ? Places * First.Depth : OwnSamples + Places;
            int down = Second.IsPlanar ? Second.Taps * Second.Depth : Second.Taps + Second.Depth;
            return (up * First.Depth) + (Outputs * down) + RowWork;
        }
    }

    // Of a row between the filters that a thread has.
    private int Places => Groups * First.Rate;

    // Groups of places that a thread has, samples under a strip, and those that a thread loads of a row.
    private int Groups
    {
        get
        {
            int places = ((Columns - 1) * Second.Rate) + Second.Taps;
            return Quotient.Up(Quotient.Up(places + First.Rate - 1, First.Rate), ColumnLanes);
        }
    }

    private int Samples => (ColumnLanes * Groups) + First.Depth - 1;

    private int OwnSamples => Quotient.Up(Samples, ColumnLanes);

    /// <returns>
    /// Those that fit, the widest strips first: of which a multiprocessor holds two blocks, or else the widest of which
    /// it holds one; none where a block does not fit at all.
    /// </returns>
    /// <param name="first">The filter before the activation.</param>
    /// <param name="second">The filter after it.</param>
    /// <param name="type">Of the tensors.</param>
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

    /// <returns>Whether one fits: where any does, that of the narrowest strips does.</returns>
    /// <inheritdoc cref="Find" path="/param"/>
    internal static bool Exists(FilteredSide first, FilteredSide second, ElementType type) =>
        first.Depth > 0 && second.Depth > 0 && new FilteredTiling(first, second, 1).Fits(type);

    /// <returns>What a block keeps in shared memory: <c>Shared</c> of the kernel.</returns>
    /// <param name="type">Of the tensors.</param>
    internal int SharedBytes(ElementType type)
    {
        int sampleRows = First.IsPlanar ? First.Depth + 1 : 2;
        int rows = ChannelLanes * ((sampleRows * Samples) + (MiddleRows * ColumnLanes * Places));
        int signs = SignBytes * ColumnLanes * Places;
        return signs + ((rows + TapLine(TapCount(First)) + TapLine(TapCount(Second))) * Size(type));
    }

    private bool Fits(ElementType type) =>
        Numbers(type) <= (Outputs > 1 ? ManyNumbers : MostNumbers) && SharedBytes(type) <= MostSharedBytes;

    // What a thread keeps from place to place and, at once, for one: of 32 bits.
    private int Numbers(ElementType type)
    {
        int samples = First.IsPlanar ? OwnSamples : OwnSamples * (First.Depth + 1);
        int sums = Outputs * (Second.Depth + (Second.IsPlanar ? 1 : Second.Rate));
        int up = Places + Groups + First.Depth - 1;
        int down = Second.IsPlanar ? PlanarTaps + Second.Taps + ((Outputs - 1) * Second.Rate) + Outputs : 0;
        int taps = (First.IsPlanar ? 0 : First.Taps) + (Second.IsPlanar ? 0 : Second.Taps);
        int ownTaps = Size(type) == sizeof(float) ? Math.Max(0, taps - WarpTaps) : taps;
        return (samples + sums + Math.Max(up, down) + ownTaps) * Size(type) / sizeof(float);
    }

    private static int Size(ElementType type) => type == ElementType.Float64 ? sizeof(double) : sizeof(float);

    private static int TapCount(FilteredSide side) => side.IsPlanar ? side.Taps * side.Taps : side.Taps;

    // Shared memory is laid out 16 bytes at a time.
    private static int TapLine(int count) => Quotient.Up(count, 4) * 4;
}
