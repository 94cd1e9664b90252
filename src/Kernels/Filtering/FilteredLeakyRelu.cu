// FilteredLeakyRelu: bias, up, filter, leaky rectifier, gain, clamp, filter and down, along rows and columns.
//   v = first filter over the zero-stuffed x + b;  y = every Down-th of the second filter over a(v), along both axes
//   Plain, WritesSigns:  a(v) = clamp(v > 0 ? v : slope v, -limit, limit)
//   ReadsSigns:          a(v) = v {1, slope, or 0 where clamped}, as the signs say
// The gradient of y is the same with the filters exchanged, that of the gradient the same as y but for b.
//
// Shapes   x: [N, H, W, C]; b: [C] or null; first: [UpTaps], second: [DownTaps], or null; y: [N, Q, P, C];
//          signs: [N, R, S, ceil(C / 32), 2] words over the places of v: bit c of the first where v is not positive, of
//          the second where it is clamped; contiguous
// Types    stored as Scalar, filters as float, summed in Accumulator
// Launch   one block of exactly 256 threads for a strip of TileColumns outputs, tileRows high, and 32 channels
// Cost     the strip is walked down place by place of v: (UpDepth (1 + Up) + DownTaps + DownDepth) multiplications a
//          place, in registers and two rows in shared memory; reads x (1 + halo) times, writes y; a quarter of a byte
//          of signs a place
// Limits   rates and tap counts as compiled; launched by devices with warps, FilteredLeakyReluHost is the CPU's
// Source   Karras et al. 2021, Alias-Free Generative Adversarial Networks, section 3 and appendix
#include "Common/Prelude.cuh"
#include "Filtering/FilteredPlan.cuh"

constexpr int ChannelLanes = 32;  // neighbouring threads have neighbouring channels
constexpr int ColumnLanes = 8;
constexpr int Outputs = Down == 4 ? 2 : 4;  // neighbouring columns of y that a thread has
constexpr int TileColumns = ColumnLanes * Outputs;
constexpr int Places = (TileColumns - 1) * Down + DownTaps;  // of v under a strip
constexpr int Groups = ((Places + Up - 1 + Up - 1) / Up + ColumnLanes - 1) / ColumnLanes;  // that a thread has
constexpr int Samples = ColumnLanes * Groups + UpDepth - 1;                                // of x under a strip
constexpr int OwnSamples = (Samples + ColumnLanes - 1) / ColumnLanes;                      // that a thread has

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

DEVICE void LoadRow(
    const Scalar* x, Accumulator bias, const FilteredPlan& plan, const Strip& strip, int row, int lane,
    Accumulator (&values)[OwnSamples])
{
    const Scalar* from =
        x + (strip.image * plan.rows.length + row) * plan.columns.length * plan.channels + strip.channel;
    const bool isInside = row >= 0 && row < plan.rows.length && strip.channel < plan.channels;
    for (int i = 0; i < OwnSamples; i++) {
        const int column = strip.firstGroup + lane + ColumnLanes * i;
        const bool isSample = isInside && column >= 0 && column < plan.columns.length;
        values[i] = isSample ? Accumulator(from[(Int64)column * plan.channels]) + bias : Accumulator(0);
    }
}

// The activation of one place; every lane of the warp has the same place and a channel of its own.
DEVICE Accumulator Activate(
    Accumulator v, const FilteredPlan& plan, const Strip& strip, int row, int column, bool isOwnRow, unsigned* signs)
{
    const int lane = threadIdx.x % ChannelLanes;
    const bool isPlace = column >= 0 && column < plan.columns.middleLength;
    const int words = (plan.channels + ChannelLanes - 1) / ChannelLanes;
    const Int64 place = (strip.image * plan.rows.middleLength + row) * plan.columns.middleLength + column;
    unsigned* word = signs + (place * words + strip.channel / ChannelLanes) * 2;
    if (plan.mode == ReadsSigns) {
        if (!isPlace || word[1] >> lane & 1) return 0;
        return word[0] >> lane & 1 ? v * plan.slope : v;
    }

    const bool isPositive = v > 0;
    const Accumulator limit = plan.limit;
    v = isPositive ? v : v * plan.slope;
    if (plan.mode == WritesSigns) {
        const unsigned negative = BallotBits(!isPositive);
        const unsigned clamped = BallotBits(v >= limit || v <= -limit);
        const bool isOwn = isOwnRow && isPlace && column >= FirstOwned(plan.columns, strip.firstColumn)
            && column < EndOwned(plan.columns, strip.endColumn);
        if (isOwn && lane == 0) {
            word[0] = negative;
            word[1] = clamped;
        }
    }
    return v > limit ? limit : v < -limit ? -limit : v;
}

KERNEL FilteredLeakyRelu(
    const Scalar* __restrict__ x, const Scalar* __restrict__ b, const float* __restrict__ first,
    const float* __restrict__ second, unsigned* __restrict__ signs, Scalar* __restrict__ y, FilteredPlan plan)
{
    // Both are met by a warp at one column, 32 neighbouring numbers: no bank conflicts. The taps are met one at a time.
    __shared__ Accumulator samples[Samples][ChannelLanes];
    __shared__ Accumulator middle[ColumnLanes * Groups * Up][ChannelLanes];
    __shared__ float upTaps[Up][UpDepth];  // of each place of a group
    __shared__ float downTaps[DownTaps];
    for (int k = threadIdx.x; k < UpTaps; k += blockDim.x) {
        upTaps[Up - 1 - k % Up][k / Up] = TapOf(first, UpTaps, k, plan.isFlipped);
    }
    for (int k = threadIdx.x; k < DownTaps; k += blockDim.x) {
        downTaps[k] = TapOf(second, DownTaps, k, plan.isFlipped);
    }

    const Strip strip = StripOf(plan);
    const int channelLane = threadIdx.x % ChannelLanes, lane = threadIdx.x / ChannelLanes;
    const bool hasBias = b != nullptr && strip.channel < plan.channels;
    const Accumulator bias = hasBias ? Accumulator(b[strip.channel]) : Accumulator(0);
    const int firstPlace = FirstUnder(plan.rows, strip.firstRow);
    const int lastPlace = FirstUnder(plan.rows, strip.endRow - 1) + DownTaps - 1;
    const int firstGroup = GroupOf(plan.rows, firstPlace), lastGroup = GroupOf(plan.rows, lastPlace);
    const int firstOwnRow = FirstOwned(plan.rows, strip.firstRow), endOwnRow = EndOwned(plan.rows, strip.endRow);

    Accumulator window[UpDepth][OwnSamples];  // the samples of a group of rows
    for (int i = 1; i < UpDepth; i++) LoadRow(x, bias, plan, strip, firstGroup + i - 1, lane, window[i]);
    Accumulator next[OwnSamples];  // one row ahead, so that its way from memory is hidden
    LoadRow(x, bias, plan, strip, firstGroup + UpDepth - 1, lane, next);
    Accumulator sums[DownDepth][Outputs] = {};  // of the outputs that a row of v is part of, the oldest first
    int row = FloorQuotient(firstPlace + plan.rows.beforeDown - DownTaps, Down) + 1;  // of y, whose sums are the first
    __syncthreads();  // the writes of the taps | the reads

    for (int group = firstGroup; group <= lastGroup; group++) {
        for (int i = 0; i < OwnSamples; i++) {
            for (int k = 0; k + 1 < UpDepth; k++) window[k][i] = window[k + 1][i];
            window[UpDepth - 1][i] = next[i];
        }
        if (group < lastGroup) LoadRow(x, bias, plan, strip, group + UpDepth, lane, next);

        for (int j = 0; j < Up; j++) {
            const int place = FirstOfGroup(plan.rows, group) + j;
            if (place < firstPlace || place > lastPlace) continue;  // the same for the whole block

            const int tap = place + plan.rows.beforeDown - row * Down;  // of the first sums
            if (place >= 0 && place < plan.rows.middleLength) {
                for (int i = 0; i < OwnSamples; i++) {
                    Accumulator sum = 0;
                    for (int k = 0; k < UpDepth; k++) sum += window[k][i] * upTaps[j][k];
                    if (lane + ColumnLanes * i < Samples) samples[lane + ColumnLanes * i][channelLane] = sum;
                }
                __syncthreads();  // the writes of samples | the reads; the reads of middle | the writes

                Accumulator near[Groups + UpDepth - 1];
                for (int i = 0; i < Groups + UpDepth - 1; i++) near[i] = samples[lane * Groups + i][channelLane];
                const bool isOwnRow = place >= firstOwnRow && place < endOwnRow;
                for (int i = 0; i < Groups * Up; i++) {
                    Accumulator sum = 0;
                    for (int k = 0; k < UpDepth; k++) sum += near[i / Up + k] * upTaps[i % Up][k];
                    const int at = lane * Groups * Up + i;
                    const int column = FirstOfGroup(plan.columns, strip.firstGroup) + at;
                    middle[at][channelLane] =
                        Activate(sum * plan.firstGain, plan, strip, place, column, isOwnRow, signs);
                }
                __syncthreads();  // the writes of middle | the reads; the reads of samples | the writes

                Accumulator across[Outputs] = {};
                for (int k = 0; k < DownTaps + (Outputs - 1) * Down; k++) {
                    const Accumulator value = middle[strip.lead + lane * Outputs * Down + k][channelLane];
                    for (int p = 0; p < Outputs; p++) {
                        const int at = k - p * Down;
                        if (at >= 0 && at < DownTaps) across[p] += value * downTaps[at];
                    }
                }
                for (int q = 0; q < DownDepth; q++) {
                    const Accumulator weight = downTaps[tap - q * Down] * plan.secondGain;
                    for (int p = 0; p < Outputs; p++) sums[q][p] += across[p] * weight;
                }
            }
            if (tap < DownTaps - 1) continue;

            for (int p = 0; p < Outputs; p++) {
                const int column = strip.firstColumn + lane * Outputs + p;
                const bool isOutput = row >= strip.firstRow && column < strip.endColumn
                    && strip.channel < plan.channels;
                const Int64 pixel =
                    (strip.image * plan.rows.outputLength + row) * plan.columns.outputLength + column;
                if (isOutput) y[pixel * plan.channels + strip.channel] = Scalar(sums[0][p]);
                for (int q = 0; q + 1 < DownDepth; q++) sums[q][p] = sums[q + 1][p];
                sums[DownDepth - 1][p] = 0;
            }
            row++;
        }
    }
}
