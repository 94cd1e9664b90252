// FilteredLeakyRelu: bias, up, filter, leaky rectifier, gain, clamp, filter and down, along rows and columns.
//   v = first filter over the zero-stuffed x + b;  y = every Down-th of the second filter over a(v), along both axes
//   Plain, WritesSigns:  a(v) = clamp(v > 0 ? v : slope v, -limit, limit)
//   ReadsSigns:          a(v) = v {1, slope, or 0 where clamped}, as the signs say
// The gradient of y is the same with the filters exchanged, that of the gradient the same as y but for b.
//
// Shapes   x: [N, H, W, C]; b: [C] or null; first, second: [K], applied along both axes, where planar [I, J], or null;
//          y: [N, Q, P, C]; signs: [N, R, S, ceil(C / 32), 2] words over the places of v: bit c of the first where v is
//          not positive, of the second where it is clamped; contiguous
// Types    stored as Scalar, filters as float, summed in Accumulator
// Launch   one block of exactly 256 threads for a strip of TileColumns outputs, tileRows high, and 32 channels
// Cost     the strip is walked down place by place of v: (UpDepth (1 + Up) + DownTaps + DownDepth) multiplications a
//          place, UpDepth^2 and DownTaps DownDepth of them by planar filters, in registers and shared memory; reads x
//          (1 + halo) times, writes y; a quarter of a byte of signs a place
// Limits   FilteredTiling has them; launched by devices with warps, FilteredLeakyReluHost is the CPU's
// Source   Karras et al. 2021, Alias-Free Generative Adversarial Networks, section 3 and appendix
#include "Common/Prelude.cuh"
#include "Filtering/FilteredPlan.cuh"
#include "Filtering/FilteredStrip.cuh"

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

// A thread's places of v in the row that is place j of a group, from the rows of samples under it.
DEVICE void FilterUp(int j, const RowsUnder& rows, Shared& shared, Accumulator (&v)[Groups * Up])
{
    const int channelLane = threadIdx.x % ChannelLanes, lane = threadIdx.x / ChannelLanes;
    if constexpr (!IsUpPlanar) {
        Accumulator sums[OwnSamples] = {};
        for (int i = 0; i < OwnSamples; i++) {
            for (int k = 0; k < UpDepth; k++) sums[i] += rows.window[k][i] * shared.upTaps[0][0][j][k];
        }
        StoreSamples(sums, shared.samples[0]);
    }
    __syncthreads();  // the writes of samples | the reads; the reads of middle | the writes

    for (int i = 0; i < Groups * Up; i++) v[i] = 0;
    for (int row = 0; row < SampleRows; row++) {
        const auto& samples = shared.samples[(rows.newest + 1 + row) % SampleRows];
        const auto& taps = shared.upTaps[IsUpPlanar ? j : 0][row];
        Accumulator near[Groups + UpDepth - 1];
        for (int i = 0; i < Groups + UpDepth - 1; i++) near[i] = samples[lane * Groups + i][channelLane];
        for (int i = 0; i < Groups * Up; i++) {
            for (int k = 0; k < UpDepth; k++) v[i] += near[i / Up + k] * taps[i % Up][k];
        }
    }
}

DEVICE void ActivateRow(
    const Accumulator (&v)[Groups * Up], const FilteredPlan& plan, const Strip& strip, int place, unsigned* signs,
    Shared& shared)
{
    const int channelLane = threadIdx.x % ChannelLanes, lane = threadIdx.x / ChannelLanes;
    const bool isOwnRow =
        place >= FirstOwned(plan.rows, strip.firstRow) && place < EndOwned(plan.rows, strip.endRow);
    const Accumulator gain = plan.firstGain;
    for (int i = 0; i < Groups * Up; i++) {
        const int at = lane * Groups * Up + i;
        const int column = FirstOfGroup(plan.columns, strip.firstGroup) + at;
        shared.middle[at][channelLane] = Activate(v[i] * gain, plan, strip, place, column, isOwnRow, signs);
    }
    __syncthreads();  // the writes of middle | the reads; the reads of samples | the writes
}

// What a row of v gives to a thread's outputs across, by taps of one row.
DEVICE void SumAcross(
    const Accumulator (*middle)[ChannelLanes], const float (&taps)[DownTaps], Accumulator (&sums)[Outputs])
{
    for (int p = 0; p < Outputs; p++) sums[p] = 0;
    for (int k = 0; k < DownTaps + (Outputs - 1) * Down; k++) {
        const Accumulator value = middle[k][threadIdx.x % ChannelLanes];
        for (int p = 0; p < Outputs; p++) {
            const int at = k - p * Down;
            if (at >= 0 && at < DownTaps) sums[p] += value * taps[at];
        }
    }
}

// Adds a row of v to the outputs that it is part of; to the oldest of them it is the row of `tap`.
DEVICE void FilterDown(
    const Shared& shared, const Strip& strip, int tap, Accumulator gain, Accumulator (&sums)[DownDepth][Outputs])
{
    const auto* middle = shared.middle + strip.lead + int(threadIdx.x) / ChannelLanes * Outputs * Down;
    Accumulator across[Outputs];
    if (!IsDownPlanar) SumAcross(middle, shared.downTaps[0], across);
    for (int q = 0; q < DownDepth; q++) {
        const int row = tap - q * Down;
        if (IsDownPlanar) SumAcross(middle, shared.downTaps[row], across);
        const Accumulator weight = IsDownPlanar ? gain : shared.downTaps[0][row] * gain;
        for (int p = 0; p < Outputs; p++) sums[q][p] += across[p] * weight;
    }
}

DEVICE void StoreRow(
    const Accumulator (&sums)[Outputs], const FilteredPlan& plan, const Strip& strip, int row, Scalar* y)
{
    const int firstColumn = strip.firstColumn + int(threadIdx.x) / ChannelLanes * Outputs;
    const Int64 line = (strip.image * plan.rows.outputLength + row) * plan.columns.outputLength;
    if (row < strip.firstRow || strip.channel >= plan.channels) return;
    for (int p = 0; p < Outputs; p++) {
        const int column = firstColumn + p;
        if (column < strip.endColumn) y[(line + column) * plan.channels + strip.channel] = Scalar(sums[p]);
    }
}

KERNEL FilteredLeakyRelu(
    const Scalar* __restrict__ x, const Scalar* __restrict__ b, const float* __restrict__ first,
    const float* __restrict__ second, unsigned* __restrict__ signs, Scalar* __restrict__ y, FilteredPlan plan)
{
    DYNAMIC_SHARED(Shared, shared);
    LoadTaps(first, second, plan, *shared);
    const Strip strip = StripOf(plan);
    const bool hasBias = b != nullptr && strip.channel < plan.channels;
    const Accumulator bias = hasBias ? Accumulator(b[strip.channel]) : Accumulator(0);
    const int firstPlace = FirstUnder(plan.rows, strip.firstRow);
    const int lastPlace = FirstUnder(plan.rows, strip.endRow - 1) + DownTaps - 1;
    const int firstGroup = GroupOf(plan.rows, firstPlace), lastGroup = GroupOf(plan.rows, lastPlace);

    RowsUnder rows = Begin(x, bias, plan, strip, firstGroup, *shared);
    Accumulator sums[DownDepth][Outputs] = {};  // of the outputs that a row of v is part of, the oldest first
    int row = FloorQuotient(firstPlace + plan.rows.beforeDown - DownTaps, Down) + 1;  // of y, whose sums are the first
    __syncthreads();  // the writes of the taps | the reads

    for (int group = firstGroup; group <= lastGroup; group++) {
        Advance(x, bias, plan, strip, group < lastGroup ? group + UpDepth : NoRow, rows, *shared);
        for (int j = 0; j < Up; j++) {
            const int place = FirstOfGroup(plan.rows, group) + j;
            if (place < firstPlace || place > lastPlace) continue;  // the same for the whole block

            const int tap = place + plan.rows.beforeDown - row * Down;  // of the first sums
            if (place >= 0 && place < plan.rows.middleLength) {
                Accumulator v[Groups * Up];
                FilterUp(j, rows, *shared, v);
                ActivateRow(v, plan, strip, place, signs, *shared);
                FilterDown(*shared, strip, tap, plan.secondGain, sums);
            }
            if (tap < DownTaps - 1) continue;

            StoreRow(sums[0], plan, strip, row++, y);
            for (int p = 0; p < Outputs; p++) {
                for (int q = 0; q + 1 < DownDepth; q++) sums[q][p] = sums[q + 1][p];
                sums[DownDepth - 1][p] = 0;
            }
        }
    }
}
