// FilteredLeakyReluHost: FilteredLeakyRelu on the CPU, a tile of outputs and 64 channels per block, one core per block.
// A tile is processed from top to bottom: rows of x enter the ring buffer of the first filter, and each becomes Up rows
// of the intermediate v, which never leave the core's nearest cache; these, filtered and decimated horizontally, enter
// the ring buffer of rows that outputs are summed from. If the second filter is planar, that ring has the rows of v
// themselves.
//   v, y and the signs as in FilteredLeakyRelu.cu
//
// Shapes   as FilteredLeakyRelu.cu
// Types    float and double
// Launch   one block per tile of tileRows x tileColumns outputs and TileChannels channels
// Cost     per position of v UpDepth (1 + Up) multiplications for the first filter, DownTaps + DownDepth for the
//          second; planar filters UpDepth^2 per position and DownTaps^2 per output; reads x and writes y nearly once,
//          and a quarter of a byte of signs per position
// Source   Karras et al. 2021, Alias-Free Generative Adversarial Networks, section 3 and appendix
#include "Common/Prelude.cuh"
#include "Common/HostScratch.cuh"
#include "Filtering/FilteredPlan.cuh"
#include "Filtering/HostLanes.cuh"
#include "Filtering/HostFilter.cuh"

constexpr int TileChannels = 64;  // of a block; FilteredPlan has the same number
constexpr int MostVectors = TileChannels / Lanes;
constexpr int RingRows = DownTaps + Up;  // those of an output, and those that arrive together with its last one

// The part of the result that a block computes, and its buffers.
struct Tile {
    Int64 image;
    int firstChannel, channelCount, vectorCount;
    int firstRow, endRow, firstColumn, endColumn;  // of y
    int firstGroup, groupCount, lead;              // of columns
    int sampleCount;                               // of x across
    int firstPosition, lastPosition;               // rows of v
    Vector* samples;  // [UpDepth][vectorCount][sampleCount], a ring buffer of rows of x
    Vector* ring;     // [RingRows][vectorCount][RingColumns], rows of v, filtered horizontally unless IsDownPlanar
    Vector* zeros;    // a row of zeros
    Vector* upper;    // [Up][sampleCount], rows of v not yet filtered horizontally
    Vector* middle;   // [groupCount Up], a row of v
    unsigned* codes;  // [groupCount Up], its signs
};

DEVICE int Columns(const Tile& tile) { return tile.endColumn - tile.firstColumn; }

DEVICE int RingColumns(const Tile& tile) { return IsDownPlanar ? tile.groupCount * Up : Columns(tile); }

DEVICE Tile TileOf(const FilteredPlan& plan)
{
    const int tiles = (plan.columns.outputLength + plan.tileColumns - 1) / plan.tileColumns;
    const int bands = (plan.rows.outputLength + plan.tileRows - 1) / plan.tileRows;
    const int parts = (plan.channels + TileChannels - 1) / TileChannels;
    Int64 rest = blockIdx.x;
    Tile tile;
    tile.firstColumn = int(rest % tiles) * plan.tileColumns;
    rest /= tiles;
    tile.firstRow = int(rest % bands) * plan.tileRows;
    rest /= bands;
    tile.firstChannel = int(rest % parts) * TileChannels;
    tile.image = rest / parts;
    tile.channelCount = Minimum(TileChannels, plan.channels - tile.firstChannel);
    tile.vectorCount = (tile.channelCount + Lanes - 1) / Lanes;
    tile.endColumn = Minimum(tile.firstColumn + plan.tileColumns, plan.columns.outputLength);
    tile.endRow = Minimum(tile.firstRow + plan.tileRows, plan.rows.outputLength);

    const int firstColumn = FirstUnder(plan.columns, tile.firstColumn);
    const int lastColumn = FirstUnder(plan.columns, tile.endColumn - 1) + DownTaps - 1;
    tile.firstGroup = GroupOf(plan.columns, firstColumn);
    tile.groupCount = GroupOf(plan.columns, lastColumn) - tile.firstGroup + 1;
    tile.lead = firstColumn - FirstOfGroup(plan.columns, tile.firstGroup);
    tile.sampleCount = tile.groupCount + UpDepth - 1;
    tile.firstPosition = Maximum(0, FirstUnder(plan.rows, tile.firstRow));
    tile.lastPosition =
        Minimum(plan.rows.middleLength, FirstUnder(plan.rows, tile.endRow - 1) + DownTaps) - 1;

    const int samples = UpDepth * tile.vectorCount * tile.sampleCount;
    const int ring = RingRows * tile.vectorCount * RingColumns(tile);
    const int positions = tile.groupCount * Up;
    const size_t count = samples + ring + RingColumns(tile) + Up * tile.sampleCount + 2 * positions;
    tile.samples = reinterpret_cast<Vector*>(Scratch(count * Lanes));
    tile.ring = tile.samples + samples;
    tile.zeros = tile.ring + ring;
    tile.upper = tile.zeros + RingColumns(tile);
    tile.middle = tile.upper + Up * tile.sampleCount;
    tile.codes = reinterpret_cast<unsigned*>(tile.middle + positions);
    for (int i = 0; i < RingColumns(tile); i++) tile.zeros[i] = Vector{};
    return tile;
}

DEVICE Vector* SampleRow(const Tile& tile, int row, int vector)
{
    const int slot = row - FloorQuotient(row, UpDepth) * UpDepth;
    return tile.samples + (slot * tile.vectorCount + vector) * tile.sampleCount;
}

DEVICE Vector* RingRow(const Tile& tile, int position, int vector)
{
    return tile.ring + (position % RingRows * tile.vectorCount + vector) * RingColumns(tile);
}

// Appends a row of x to the ring buffer of samples, with the bias added, and zeros outside the image.
DEVICE void TakeRow(const Scalar* x, const Vector* bias, const FilteredPlan& plan, const Tile& tile, int row)
{
    const bool isInside = row >= 0 && row < plan.rows.length;
    const Scalar* from =
        x + (tile.image * plan.rows.length + row) * plan.columns.length * plan.channels + tile.firstChannel;
    for (int i = 0; i < tile.sampleCount; i++) {
        const int column = tile.firstGroup + i;
        const bool isSample = isInside && column >= 0 && column < plan.columns.length;
        Vector* to = SampleRow(tile, row, 0) + i;
        for (int v = 0; v < tile.vectorCount; v++, to += tile.sampleCount) {
            const int count = Minimum(Lanes, tile.channelCount - v * Lanes);
            const Scalar* sample = from + Int64(column) * plan.channels + v * Lanes;
            *to = isSample ? Load(sample, count) + bias[v] : Vector{};
        }
    }
}

// The signs of a position of v are two words per 32 channels; those of a vector are one or two whole bytes of each
// word.
DEVICE LaneBits* SignsOf(unsigned* signs, const FilteredPlan& plan, const Tile& tile, int position, int vector)
{
    const int words = (plan.channels + 31) / 32;
    const int channel = tile.firstChannel + vector * Lanes;
    const Int64 row = (tile.image * plan.rows.middleLength + position) * plan.columns.middleLength;
    return reinterpret_cast<LaneBits*>(signs + (row * words + channel / 32) * 2) + channel % 32 / Lanes;
}

DEVICE void ReadSigns(unsigned* signs, const FilteredPlan& plan, const Tile& tile, int position, int vector)
{
    const Int64 step = Int64((plan.channels + 31) / 32) * 2 * BitsOfWord;
    const LaneBits* row = SignsOf(signs, plan, tile, position, vector);
    const int first = FirstOfGroup(plan.columns, tile.firstGroup);
    for (int i = 0; i < tile.groupCount * Up; i++) {
        const int column = first + i;
        const LaneBits* from = row + column * step;
        const bool isInside = column >= 0 && column < plan.columns.middleLength;
        tile.codes[i] = isInside ? from[0] | unsigned(from[BitsOfWord]) << 16 : AllClamped;
    }
}

DEVICE void WriteSigns(unsigned* signs, const FilteredPlan& plan, const Tile& tile, int position, int vector)
{
    if (position < FirstOwned(plan.rows, tile.firstRow) || position >= EndOwned(plan.rows, tile.endRow)) return;
    const Int64 step = Int64((plan.channels + 31) / 32) * 2 * BitsOfWord;
    LaneBits* row = SignsOf(signs, plan, tile, position, vector);
    const int first = FirstOfGroup(plan.columns, tile.firstGroup);
    const int begin = Maximum(FirstOwned(plan.columns, tile.firstColumn), first);
    const int end = Minimum(EndOwned(plan.columns, tile.endColumn), first + tile.groupCount * Up);
    for (int column = begin; column < end; column++) {
        const unsigned code = tile.codes[column - first];
        row[column * step] = LaneBits(code);
        row[column * step + BitsOfWord] = LaneBits(code >> 16);
    }
}

// Count neighbouring outputs of a row.
template <int Count>
DEVICE void WriteOutputs(
    const Vector* const (&rows)[DownTaps], const Taps& taps, const Spread<DownTaps>& spread, int i, Scalar* to,
    int channels, int count)
{
    Vector sums[Count];
    if (IsDownPlanar) SumPlane<Count>(rows, taps, i, sums);
    else SumRows<Count>(rows, spread, i, sums);
    for (int p = 0; p < Count; p++) Store(to + Int64(i + p) * channels, sums[p], count);
}

// A row of y, from the rows of v under it.
DEVICE void WriteRow(Scalar* y, const Taps& taps, const FilteredPlan& plan, const Tile& tile, int row)
{
    const Int64 line = tile.image * plan.rows.outputLength + row;
    Scalar* to = y + (line * plan.columns.outputLength + tile.firstColumn) * plan.channels + tile.firstChannel;
    const Spread<DownTaps> spread(taps.downRows);
    for (int v = 0; v < tile.vectorCount; v++, to += Lanes) {
        const int count = Minimum(Lanes, tile.channelCount - v * Lanes);
        const Vector* rows[DownTaps];
        for (int k = 0; k < DownTaps; k++) {
            const int position = FirstUnder(plan.rows, row) + k;
            const bool isInside = position >= 0 && position < plan.rows.middleLength;
            rows[k] = (isInside ? RingRow(tile, position, v) : tile.zeros) + (IsDownPlanar ? tile.lead : 0);
        }
        int i = 0;
        for (; i + Neighbours <= Columns(tile); i += Neighbours) {
            WriteOutputs<Neighbours>(rows, taps, spread, i, to, plan.channels, count);
        }
        for (; i < Columns(tile); i++) WriteOutputs<1>(rows, taps, spread, i, to, plan.channels, count);
    }
}

// The row of phase j in its group, from the rows of x under it, activated.
template <int Mode>
DEVICE void FilterUp(
    const Vector* const (&rows)[UpDepth], const Taps& taps, const FilteredPlan& plan, const Tile& tile, int j,
    Vector* to)
{
    if (IsUpPlanar) {
        FilterUpPlane<Mode>(rows, taps, j, tile.groupCount, plan.slope, plan.limit, to, tile.codes);
    } else {
        const Vector* from = tile.upper + j * tile.sampleCount;
        FilterUpColumns<Mode>(from, taps, tile.groupCount, plan.slope, plan.limit, to, tile.codes);
    }
}

template <int Mode>
DEVICE void FilterTile(
    const Scalar* x, const Vector* bias, const Taps& taps, unsigned* signs, Scalar* y, const FilteredPlan& plan,
    const Tile& tile)
{
    const int firstGroup = GroupOf(plan.rows, tile.firstPosition), lastGroup = GroupOf(plan.rows, tile.lastPosition);
    const int groupCount = tile.firstPosition <= tile.lastPosition ? lastGroup - firstGroup + 1 : 0;
    for (int i = 0; i + 1 < UpDepth && groupCount > 0; i++) TakeRow(x, bias, plan, tile, firstGroup + i);
    int output = tile.firstRow;
    for (int group = firstGroup; group < firstGroup + groupCount; group++) {
        TakeRow(x, bias, plan, tile, group + UpDepth - 1);
        const int first = FirstOfGroup(plan.rows, group);
        for (int v = 0; v < tile.vectorCount; v++) {
            const Vector* rows[UpDepth];
            for (int i = 0; i < UpDepth; i++) rows[i] = SampleRow(tile, group + i, v);
            if (!IsUpPlanar) FilterUpRows(rows, taps, tile.sampleCount, tile.upper);
            for (int j = 0; j < Up; j++) {
                const int position = first + j;
                if (position < tile.firstPosition || position > tile.lastPosition) continue;
                if (Mode == ReadsSigns) ReadSigns(signs, plan, tile, position, v);
                Vector* middle = IsDownPlanar ? RingRow(tile, position, v) : tile.middle;
                FilterUp<Mode>(rows, taps, plan, tile, j, middle);
                if (Mode == WritesSigns) WriteSigns(signs, plan, tile, position, v);
                if (IsDownPlanar) continue;
                FilterDownColumns(middle + tile.lead, taps, Columns(tile), RingRow(tile, position, v));
            }
        }

        // Output rows whose last row of v has come.
        const int last = Minimum(first + Up - 1, tile.lastPosition);
        while (output < tile.endRow && FirstUnder(plan.rows, output) + DownTaps - 1 <= last) {
            WriteRow(y, taps, plan, tile, output++);
        }
    }
    while (output < tile.endRow) WriteRow(y, taps, plan, tile, output++);
}

KERNEL FilteredLeakyReluHost(
    const Scalar* x, const Scalar* b, const float* first, const float* second, unsigned* signs, Scalar* y,
    FilteredPlan plan)
{
    const Tile tile = TileOf(plan);
    const Taps taps = TapsOf(first, second, plan);
    Vector bias[MostVectors];
    for (int v = 0; v < tile.vectorCount; v++) {
        const int count = Minimum(Lanes, tile.channelCount - v * Lanes);
        bias[v] = b == nullptr ? Vector{} : Load(b + tile.firstChannel + v * Lanes, count);
    }
    if (plan.mode == ReadsSigns) FilterTile<ReadsSigns>(x, bias, taps, signs, y, plan, tile);
    else if (plan.mode == WritesSigns) FilterTile<WritesSigns>(x, bias, taps, signs, y, plan, tile);
    else FilterTile<Plain>(x, bias, taps, signs, y, plan, tile);
}
