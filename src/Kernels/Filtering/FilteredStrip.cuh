// FilteredStrip: what a block of FilteredLeakyRelu computes, and what it keeps in shared memory for it: the taps, rows
// of samples and a row of v.
#pragma once

constexpr int ChannelLanes = 32;  // neighbouring threads have neighbouring channels
constexpr int ColumnLanes = 8;
constexpr int TileColumns = ColumnLanes * Outputs;           // Outputs are neighbouring columns of y that a thread has
constexpr int Places = (TileColumns - 1) * Down + DownTaps;  // of v under a strip
constexpr int Groups = ((Places + Up - 1 + Up - 1) / Up + ColumnLanes - 1) / ColumnLanes;  // that a thread has
constexpr int Samples = ColumnLanes * Groups + UpDepth - 1;                                // of x under a strip
constexpr int OwnSamples = (Samples + ColumnLanes - 1) / ColumnLanes;                      // that a thread has
constexpr int SampleRows = IsUpPlanar ? UpDepth : 1;                                       // that are filtered across

// In shared memory. Samples and middle are met by a warp at one column, 32 neighbouring numbers: no bank conflicts. The
// taps are met one at a time.
struct Shared {
    // A row of v not yet filtered across, or for a planar filter the ring of rows of x under it.
    Accumulator samples[SampleRows][Samples][ChannelLanes];
    Accumulator middle[ColumnLanes * Groups * Up][ChannelLanes];  // a row of v, activated
    float upTaps[IsUpPlanar ? Up : 1][SampleRows][Up][UpDepth];   // [place, sample] down, then across
    float downTaps[IsDownPlanar ? DownTaps : 1][DownTaps];
};

DEVICE void LoadTaps(const float* first, const float* second, const FilteredPlan& plan, Shared& shared)
{
    const FilteredAxis &rows = plan.rows, &columns = plan.columns;
    for (int i = threadIdx.x; i < (IsUpPlanar ? UpTaps : 1) * UpTaps; i += blockDim.x) {
        const int k = i / UpTaps, l = i % UpTaps;
        float* taps = shared.upTaps[IsUpPlanar ? Up - 1 - k % Up : 0][k / Up][Up - 1 - l % Up];
        taps[l / Up] = IsUpPlanar ? PlanarTapOf(first, rows.firstTaps, columns.firstTaps, k, l, plan.isFlipped)
                                  : TapOf(first, columns.firstTaps, l, plan.isFlipped);
    }
    for (int i = threadIdx.x; i < (IsDownPlanar ? DownTaps : 1) * DownTaps; i += blockDim.x) {
        const int k = i / DownTaps, l = i % DownTaps;
        shared.downTaps[k][l] =
            IsDownPlanar ? PlanarTapOf(second, rows.secondTaps, columns.secondTaps, k, l, plan.isFlipped)
                         : TapOf(second, columns.secondTaps, l, plan.isFlipped);
    }
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

constexpr int NoRow = -1;  // one that is not loaded

DEVICE void LoadRow(
    const Scalar* x, Accumulator bias, const FilteredPlan& plan, const Strip& strip, int row,
    Accumulator (&values)[OwnSamples])
{
    const int lane = threadIdx.x / ChannelLanes;
    const Scalar* from =
        x + (strip.image * plan.rows.length + row) * plan.columns.length * plan.channels + strip.channel;
    const bool isInside = row >= 0 && row < plan.rows.length && strip.channel < plan.channels;
    for (int i = 0; i < OwnSamples; i++) {
        const int column = strip.firstGroup + lane + ColumnLanes * i;
        const bool isSample = isInside && column >= 0 && column < plan.columns.length;
        values[i] = isSample ? Accumulator(from[(Int64)column * plan.channels]) + bias : Accumulator(0);
    }
}

// The rows of x under a group of places of v, and one ahead, so that its way from memory is hidden. For a filter of one
// axis they are a window in registers, for a planar one a ring in shared memory.
struct RowsUnder {
    Accumulator window[IsUpPlanar ? 1 : UpDepth][OwnSamples];
    Accumulator next[OwnSamples];
    int newest;  // slot of the ring
};

DEVICE void StoreSamples(const Accumulator (&values)[OwnSamples], Accumulator (&samples)[Samples][ChannelLanes])
{
    const int channelLane = threadIdx.x % ChannelLanes, lane = threadIdx.x / ChannelLanes;
    for (int i = 0; i < OwnSamples; i++) {
        if (lane + ColumnLanes * i < Samples) samples[lane + ColumnLanes * i][channelLane] = values[i];
    }
}

// Takes the row ahead in, and asks for the one after it.
DEVICE void Advance(
    const Scalar* x, Accumulator bias, const FilteredPlan& plan, const Strip& strip, int rowAhead, RowsUnder& rows,
    Shared& shared)
{
    if constexpr (IsUpPlanar) {
        rows.newest = (rows.newest + 1) % UpDepth;
        StoreSamples(rows.next, shared.samples[rows.newest]);
    } else {
        for (int i = 0; i < OwnSamples; i++) {
            for (int k = 0; k + 1 < UpDepth; k++) rows.window[k][i] = rows.window[k + 1][i];
            rows.window[UpDepth - 1][i] = rows.next[i];
        }
    }
    LoadRow(x, bias, plan, strip, rowAhead, rows.next);
}

// The rows under the group before the first one, but for its oldest.
DEVICE RowsUnder Begin(
    const Scalar* x, Accumulator bias, const FilteredPlan& plan, const Strip& strip, int firstGroup, Shared& shared)
{
    RowsUnder rows = {};
    rows.newest = 0;
    LoadRow(x, bias, plan, strip, firstGroup, rows.next);
    for (int i = 1; i < UpDepth; i++) Advance(x, bias, plan, strip, firstGroup + i, rows, shared);
    return rows;
}
