// FilteredStrip: the strip of outputs that a block of FilteredLeakyRelu computes, and its shared memory: the taps, and
// rows of samples and of v.
#pragma once

constexpr int ChannelLanes = 32;  // neighbouring threads have neighbouring channels
constexpr int ColumnLanes = 8;
constexpr int TileColumns = ColumnLanes * Outputs;              // Outputs: neighbouring columns of y per thread
constexpr int Positions = (TileColumns - 1) * Down + DownTaps;  // of a row of v under a strip
constexpr int Groups = ((Positions + Up - 1 + Up - 1) / Up + ColumnLanes - 1) / ColumnLanes;  // per thread
constexpr int OwnPositions = Groups * Up;                                                     // per thread
constexpr int Samples = ColumnLanes * Groups + UpDepth - 1;                                   // of x under a strip
constexpr int OwnSamples = (Samples + ColumnLanes - 1) / ColumnLanes;                         // per thread
constexpr int SampleRows = IsUpPlanar ? UpDepth + 1 : 2;  // the rows read, and the one written meanwhile
constexpr int MiddleRows = 2;                             // the row read, and the one written meanwhile
constexpr int MaskBits = 32;                              // bits of a mask word

constexpr int BlockThreads = ChannelLanes * ColumnLanes;

// The signs of a position of v, one bit per channel of 32.
struct alignas(8) SignWords {
    unsigned negative;  // where v is not positive
    unsigned clamped;
};

// The layout of shared memory. A warp accesses samples and middle at one column, 32 consecutive elements: no bank
// conflicts. Taps are read one at a time, and include the gain: of both axes if planar, else its root for each axis.
struct alignas(16) Shared {
    // Rows of v not yet filtered horizontally, or for a planar filter the ring buffer of rows of x under them.
    Accumulator samples[SampleRows][Samples][ChannelLanes];
    Accumulator middle[MiddleRows][ColumnLanes * OwnPositions][ChannelLanes];  // rows of v, activated
    SignWords signs[ColumnLanes * OwnPositions];                               // of the row being activated
    // [phase, sample] horizontally; for a planar filter also vertically, in the outer two dimensions.
    Accumulator upTaps[IsUpPlanar ? Up : 1][IsUpPlanar ? UpDepth : 1][Up][UpDepth];
    Accumulator downTaps[IsDownPlanar ? DownTaps : 1][DownTaps];  // [vertical, horizontal]
};

// The taps of separable filters, the same along both axes. The copy stays in registers if every loop over taps is
// unrolled, which some compilers must be told to do.
struct Taps {
    Accumulator up[Up][UpDepth];  // [phase, sample]
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

// Zeroes the buffers: the first iterations read rows that nothing has written yet.
DEVICE void ClearRows(Shared& shared)
{
    constexpr int SampleCount = SampleRows * Samples * ChannelLanes;
    constexpr int MiddleCount = MiddleRows * ColumnLanes * OwnPositions * ChannelLanes;
    for (int i = threadIdx.x; i < SampleCount; i += blockDim.x) (&shared.samples[0][0][0])[i] = 0;
    for (int i = threadIdx.x; i < MiddleCount; i += blockDim.x) (&shared.middle[0][0][0])[i] = 0;
}

// The strip of y that a block computes.
struct Strip {
    Int64 image;
    int channel;                                   // of the thread
    int firstRow, endRow, firstColumn, endColumn;  // of y
    int firstGroup;                                // of columns
    int lead;                                      // positions of that group before the first one under the strip
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
    const int firstPosition = FirstUnder(plan.columns, strip.firstColumn);
    strip.firstGroup = GroupOf(plan.columns, firstPosition);
    strip.lead = firstPosition - FirstOfGroup(plan.columns, strip.firstGroup);
    return strip;
}

