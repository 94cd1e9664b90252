// FilteredRows: streams the rows of x under a strip of FilteredLeakyRelu from memory to the first filter.
#pragma once

constexpr int SampleMasks = (OwnSamples + MaskBits - 1) / MaskBits;

// The strides to a thread's samples in x, and masks of those inside the image: bit i is for the i-th sample.
struct SampleColumns {
    Int64 rowStride;
    Int64 stride;  // from one sample to the next
    unsigned masks[SampleMasks];
};

DEVICE int FirstSample(const Strip& strip) { return strip.firstGroup + int(threadIdx.x) / ChannelLanes; }

DEVICE SampleColumns SampleColumnsOf(const FilteredPlan& plan, const Strip& strip)
{
    SampleColumns columns = {};
    columns.rowStride = Int64(plan.columns.length) * plan.channels;
    columns.stride = Int64(ColumnLanes) * plan.channels;
    for (int i = 0; i < OwnSamples; i++) {
        const int column = FirstSample(strip) + ColumnLanes * i;
        const bool isSample = column >= 0 && column < plan.columns.length && strip.channel < plan.channels;
        columns.masks[i / MaskBits] |= unsigned(isSample) << i % MaskBits;
    }
    return columns;
}

// The rows of x under a group of positions of v: for a separable filter a sliding window in registers, for a planar one
// a ring buffer in shared memory. One more row is in flight, kept in its stored type: converting it would wait for it.
struct RowsUnder {
    Accumulator window[IsUpPlanar ? 1 : UpDepth][OwnSamples];
    Scalar next[OwnSamples];      // the row in flight
    unsigned masks[SampleMasks];  // of the samples of next
    const Scalar* from;           // the samples of the row after next
    int row;                      // index of the row after next
    int newest;                   // slot of the newest row in the ring buffer
};

DEVICE bool HasSample(const unsigned (&masks)[SampleMasks], int i) { return masks[i / MaskBits] >> i % MaskBits & 1; }

DEVICE void LoadRow(const SampleColumns& columns, const FilteredPlan& plan, RowsUnder& rows)
{
    const bool isInside = rows.row >= 0 && rows.row < plan.rows.length;
    const Scalar* from = rows.from;
    for (int i = 0; i < SampleMasks; i++) rows.masks[i] = isInside ? columns.masks[i] : 0;
    for (int i = 0; i < OwnSamples; i++, from += columns.stride) {
        if (HasSample(rows.masks, i)) rows.next[i] = *from;
    }
    rows.from += columns.rowStride;
    rows.row++;
}

DEVICE void StoreSamples(const Accumulator (&values)[OwnSamples], Accumulator (&samples)[Samples][ChannelLanes])
{
    const int channelLane = threadIdx.x % ChannelLanes, lane = threadIdx.x / ChannelLanes;
    for (int i = 0; i < OwnSamples; i++) {
        const bool isSample = ColumnLanes * (i + 1) <= Samples || lane + ColumnLanes * i < Samples;
        if (isSample) samples[lane + ColumnLanes * i][channelLane] = values[i];
    }
}

// Consumes the row in flight, adding the bias to the samples of the image, and starts loading the one after it.
DEVICE void Advance(
    const SampleColumns& columns, Accumulator bias, const FilteredPlan& plan, RowsUnder& rows, Shared& shared)
{
    Accumulator taken[OwnSamples];
    for (int i = 0; i < OwnSamples; i++) {
        taken[i] = HasSample(rows.masks, i) ? Accumulator(rows.next[i]) + bias : Accumulator(0);
    }
    LoadRow(columns, plan, rows);
    if constexpr (IsUpPlanar) {
        rows.newest = (rows.newest + 1) % SampleRows;
        StoreSamples(taken, shared.samples[rows.newest]);
    } else {
        for (int i = 0; i < OwnSamples; i++) {
            for (int k = 0; k + 1 < UpDepth; k++) rows.window[k][i] = rows.window[k + 1][i];
            rows.window[UpDepth - 1][i] = taken[i];
        }
    }
}

// The rows under the group before the first one, except its oldest, with the next row in flight.
DEVICE RowsUnder Begin(
    const Scalar* x, const SampleColumns& columns, Accumulator bias, const FilteredPlan& plan, const Strip& strip,
    int firstGroup, Shared& shared)
{
    RowsUnder rows = {};
    rows.row = firstGroup;
    rows.from = x + (strip.image * plan.rows.length + firstGroup) * columns.rowStride
        + Int64(FirstSample(strip)) * plan.channels + strip.channel;
    LoadRow(columns, plan, rows);
    for (int i = 1; i < UpDepth; i++) Advance(columns, bias, plan, rows, shared);
    return rows;
}
