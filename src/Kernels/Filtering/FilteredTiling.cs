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

    // What every GPU from compute capability 8.0 on has for a block, and the numbers of 32 bits that a thread can keep
    // in its 255 registers; before they are many a strip is made narrower. The limits hold on the CPU too, so that a
    // program takes the same way everywhere.
    private const int MostSharedBytes = 99 << 10;
    private const int MostNumbers = 224;
    private const int ManyNumbers = 160;

    /// <summary>Columns of the result that a block of the kernel has.</summary>
    internal int Columns => ColumnLanes * Outputs;

    /// <summary>The defines of the kernels.</summary>
    internal string Variant =>
        $"Up={First.Rate};UpTaps={First.Taps};IsUpPlanar={(First.IsPlanar ? 1 : 0)};"
        + $"Down={Second.Rate};DownTaps={Second.Taps};IsDownPlanar={(Second.IsPlanar ? 1 : 0)};Outputs={Outputs}";

    // Groups of places that a thread has, samples under a strip, and those that a thread loads of a row.
    private int Groups
    {
        get
        {
            int places = ((Columns - 1) * Second.Rate) + Second.Taps;
            return Quotient(Quotient(places + First.Rate - 1, First.Rate), ColumnLanes);
        }
    }

    private int Samples => (ColumnLanes * Groups) + First.Depth - 1;

    private int OwnSamples => Quotient(Samples, ColumnLanes);

    /// <returns>The widest strips that fit; null where none do.</returns>
    /// <param name="first">The filter before the activation.</param>
    /// <param name="second">The filter after it.</param>
    /// <param name="type">Of the tensors.</param>
    internal static FilteredTiling? Find(FilteredSide first, FilteredSide second, ElementType type)
    {
        if (first.Depth < 1 || second.Depth < 1) return null;
        for (int outputs = second.Rate >= 4 ? 2 : 4; outputs > 0; outputs /= 2)
        {
            FilteredTiling tiling = new(first, second, outputs);
            int most = outputs > 1 ? ManyNumbers : MostNumbers;
            bool fits = tiling.Numbers * Size(type) / sizeof(float) <= most
                && tiling.SharedBytes(type) <= MostSharedBytes;
            if (fits) return tiling;
        }

        return null;
    }

    /// <returns>What a block keeps in shared memory: <c>Shared</c> of the kernel.</returns>
    /// <param name="type">Of the tensors.</param>
    internal int SharedBytes(ElementType type)
    {
        int sampleRows = First.IsPlanar ? First.Depth + 1 : 2;
        int rows = ChannelLanes * ((sampleRows * Samples) + (MiddleRows * ColumnLanes * Groups * First.Rate));
        int lines = (First.Rate * TapLine(First.Depth)) + (Second.Rate * TapLine(Second.Depth));
        return (rows + lines + TapLine(TapCount(First)) + TapLine(TapCount(Second))) * Size(type);
    }

    // What a thread keeps from place to place and, at once, for one.
    private int Numbers
    {
        get
        {
            int samples = First.IsPlanar
                ? OwnSamples + (Groups * First.Rate)
                : OwnSamples * (First.Depth + 1);
            int sums = Outputs * (Second.Depth + (Second.IsPlanar ? 1 : Second.Rate));
            int near = Second.IsPlanar ? Second.Taps + ((Outputs - 1) * Second.Rate) : 0;
            return samples + sums + Math.Max(Groups + First.Depth - 1, near);
        }
    }

    private static int Size(ElementType type) => type == ElementType.Float64 ? sizeof(double) : sizeof(float);

    private static int TapCount(FilteredSide side) => side.IsPlanar ? side.Taps * side.Taps : side.Taps;

    // Taps are loaded 16 bytes at a time.
    private static int TapLine(int count) => Quotient(count, 4) * 4;

    private static int Quotient(int count, int divisor) => (count + divisor - 1) / divisor;
}
