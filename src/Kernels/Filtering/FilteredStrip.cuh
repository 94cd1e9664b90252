// FilteredStrip: what a block of FilteredLeakyRelu computes, and what it keeps in shared memory for it: the taps, and
// rows of samples and of v.
#pragma once

constexpr int ChannelLanes = 32;  // neighbouring threads have neighbouring channels
constexpr int ColumnLanes = 8;
constexpr int TileColumns = ColumnLanes * Outputs;           // Outputs are neighbouring columns of y that a thread has
constexpr int Places = (TileColumns - 1) * Down + DownTaps;  // of v under a strip
constexpr int Groups = ((Places + Up - 1 + Up - 1) / Up + ColumnLanes - 1) / ColumnLanes;  // that a thread has
constexpr int OwnPlaces = Groups * Up;                                                     // of a row of v
constexpr int Samples = ColumnLanes * Groups + UpDepth - 1;                                // of x under a strip
constexpr int OwnSamples = (Samples + ColumnLanes - 1) / ColumnLanes;                      // that a thread has
constexpr int SampleRows = IsUpPlanar ? UpDepth + 1 : 2;  // what is read of samples and what is written meanwhile
constexpr int MiddleRows = 2;                             // of middle
constexpr int MaskBits = 32;                              // of a word that says yes or no of many

constexpr int BlockThreads = ChannelLanes * ColumnLanes;

// The signs of a place of v, a bit for each of 32 channels.
struct alignas(8) SignWords {
    unsigned negative;  // where v is not positive
    unsigned clamped;
};

// In shared memory. Samples and middle are met by a warp at one column, 32 neighbouring numbers: no bank conflicts. The
// taps are met one at a time, and have the gains in them: of both axes where planar, else each of its own axis.
struct alignas(16) Shared {
    // Rows of v not yet filtered across, or for a planar filter the ring of rows of x under them.
    Accumulator samples[SampleRows][Samples][ChannelLanes];
    Accumulator middle[MiddleRows][ColumnLanes * OwnPlaces][ChannelLanes];  // rows of v, activated
    SignWords signs[ColumnLanes * OwnPlaces];                               // of the row that is activated
    // [place, sample] across, of each place and sample down where the filter is planar.
    Accumulator upTaps[IsUpPlanar ? Up : 1][IsUpPlanar ? UpDepth : 1][Up][UpDepth];
    Accumulator downTaps[IsDownPlanar ? DownTaps : 1][DownTaps];  // across
};

// The taps of filters of one axis, the same down as across. A copy stays in registers where every loop over taps is
// unrolled, which some compilers have to be told.
struct Taps {
    Accumulator up[Up][UpDepth];  // [place, sample]
    Accumulator down[DownTaps];
};

DEVICE Taps TapsOf(const Shared& shared)
{
    Taps taps;
#pragma unroll
    for (int i = 0; i < UpTaps; i++) taps.up[i / UpDepth][i % UpDepth] = shared.upTaps[0][0][i / UpDepth][i % UpDepth];
#pragma unroll
    for (int k = 0; k < DownTaps; k++) taps.down[k] = shared.downTaps[0][k];
    return taps;
}

DEVICE void LoadUpTaps(const float* first, const FilteredPlan& plan, Shared& shared)
{
    const FilteredAxis &rows = plan.rows, &columns = plan.columns;
    const Accumulator gain = Sqrt(Accumulator(plan.firstGain));
    for (int i = threadIdx.x; i < (IsUpPlanar ? UpTaps : 1) * UpTaps; i += blockDim.x) {
        const int k = i / UpTaps, l = i % UpTaps;
        if (IsUpPlanar) {
            const Accumulator tap = PlanarTapOf(first, rows.firstTaps, columns.firstTaps, k, l, plan.isFlipped);
            shared.upTaps[Up - 1 - k % Up][k / Up][Up - 1 - l % Up][l / Up] = tap * gain * gain;
        } else {
            const Accumulator tap = TapOf(first, columns.firstTaps, l, plan.isFlipped);
            shared.upTaps[0][0][Up - 1 - l % Up][l / Up] = tap * gain;
        }
    }
}

DEVICE void LoadDownTaps(const float* second, const FilteredPlan& plan, Shared& shared)
{
    const FilteredAxis &rows = plan.rows, &columns = plan.columns;
    const Accumulator gain = Sqrt(Accumulator(plan.secondGain));
    for (int i = threadIdx.x; i < (IsDownPlanar ? DownTaps : 1) * DownTaps; i += blockDim.x) {
        const int k = i / DownTaps, l = i % DownTaps;
        if (IsDownPlanar) {
            const Accumulator tap = PlanarTapOf(second, rows.secondTaps, columns.secondTaps, k, l, plan.isFlipped);
            shared.downTaps[k][l] = tap * gain * gain;
        } else {
            shared.downTaps[0][l] = TapOf(second, columns.secondTaps, l, plan.isFlipped) * gain;
        }
    }
}

// The first rows of v come after rows of zeros.
DEVICE void ClearRows(Shared& shared)
{
    constexpr int SampleCount = SampleRows * Samples * ChannelLanes;
    constexpr int MiddleCount = MiddleRows * ColumnLanes * OwnPlaces * ChannelLanes;
    for (int i = threadIdx.x; i < SampleCount; i += blockDim.x) (&shared.samples[0][0][0])[i] = 0;
    for (int i = threadIdx.x; i < MiddleCount; i += blockDim.x) (&shared.middle[0][0][0])[i] = 0;
}

// What a block computes.
struct Strip {
    Int64 image;
    int channel;
    int firstRow, endRow, firstColumn, endColumn;  // of y
    int firstGroup;                                // of columns
    int lead;                                      // places of it before the first one under the strip
};

DEVICE Strip StripOf(const FilteredPlan& plan)
{
    const int tiles = (plan.columns.outputLength + TileColumns - 1) / TileColumns;
    const int bands = (plan.rows.outputLength + plan.tileRows - 1) / plan.tileRows;
    const int parts = (plan.channels + ChannelLanes - 1) / ChannelLanes;
    Int64 rest = blockIdx.x;
    Strip strip;
    strip.firstColumn = int(rest % tiles) * TileColumns;
    rest /= tiles;
    strip.firstRow = int(rest % bands) * plan.tileRows;
    rest /= bands;
    strip.channel = int(rest % parts) * ChannelLanes + int(threadIdx.x) % ChannelLanes;
    strip.image = rest / parts;
    strip.endColumn = Minimum(strip.firstColumn + TileColumns, plan.columns.outputLength);
    strip.endRow = Minimum(strip.firstRow + plan.tileRows, plan.rows.outputLength);
    const int firstPlace = FirstUnder(plan.columns, strip.firstColumn);
    strip.firstGroup = GroupOf(plan.columns, firstPlace);
    strip.lead = firstPlace - FirstOfGroup(plan.columns, strip.firstGroup);
    return strip;
}

