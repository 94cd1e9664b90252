// FilteredSigns: loads and stores the signs of a row of v. A warp has neighbouring positions of one row, one channel
// per lane; lane l loads or stores the words of its l-th position, so that a row takes one address and one load or
// store. The words pass through shared memory between that lane and those that activate; no other warp touches them.
#pragma once

constexpr int SignParts = (OwnPositions + ChannelLanes - 1) / ChannelLanes;

// The words that a lane loads or stores.
struct SignColumns {
    SignWords* at;  // in the next row
    Int64 rowStride;
    Int64 stride;  // from one part to the next, each of ChannelLanes positions
    bool isInside[SignParts];
    int firstRow, endRow;
};

DEVICE SignColumns SignColumnsOf(unsigned* signs, const FilteredPlan& plan, const Strip& strip, int row)
{
    const int channelLane = threadIdx.x % ChannelLanes, lane = threadIdx.x / ChannelLanes;
    const int words = (plan.channels + ChannelLanes - 1) / ChannelLanes;
    const int firstColumn = FirstOfGroup(plan.columns, strip.firstGroup) + lane * OwnPositions + channelLane;
    const bool isRead = Mode == ReadsSigns;
    SignColumns columns = {};
    columns.rowStride = Int64(plan.columns.middleLength) * words;
    columns.stride = Int64(ChannelLanes) * words;
    columns.at = reinterpret_cast<SignWords*>(signs)
        + (strip.image * plan.rows.middleLength + row) * columns.rowStride + Int64(firstColumn) * words
        + strip.channel / ChannelLanes;
    columns.firstRow = isRead ? 0 : FirstOwned(plan.rows, strip.firstRow);
    columns.endRow = isRead ? plan.rows.middleLength : EndOwned(plan.rows, strip.endRow);
    const int first = isRead ? 0 : FirstOwned(plan.columns, strip.firstColumn);
    const int end = isRead ? plan.columns.middleLength : EndOwned(plan.columns, strip.endColumn);
    for (int i = 0; i < SignParts; i++) {
        const int position = channelLane + ChannelLanes * i, column = firstColumn + ChannelLanes * i;
        columns.isInside[i] = position < OwnPositions && column >= first && column < end;
    }
    return columns;
}

DEVICE bool HasWords(const SignColumns& columns, int row, int part)
{
    return columns.isInside[part] && row >= columns.firstRow && row < columns.endRow;
}

// Positions outside v count as clamped, which makes them zero.
DEVICE void LoadSigns(SignColumns& columns, int row, SignWords (&words)[SignParts])
{
    for (int i = 0; i < SignParts; i++) {
        words[i] = SignWords{0, ~0u};
        if (HasWords(columns, row, i)) words[i] = columns.at[i * columns.stride];
    }
    columns.at += columns.rowStride;
}

DEVICE void StoreSigns(SignColumns& columns, int row, const SignWords* words)
{
    const int channelLane = threadIdx.x % ChannelLanes;
    for (int i = 0; i < SignParts; i++) {
        if (HasWords(columns, row, i)) columns.at[i * columns.stride] = words[channelLane + ChannelLanes * i];
    }
    columns.at += columns.rowStride;
}

DEVICE void ShareSigns(const SignWords (&words)[SignParts], SignWords* shared)
{
    const int channelLane = threadIdx.x % ChannelLanes;
    for (int i = 0; i < SignParts; i++) {
        const int position = channelLane + ChannelLanes * i;
        if (position < OwnPositions) shared[position] = words[i];
    }
}
