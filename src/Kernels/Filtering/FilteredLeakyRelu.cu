// FilteredLeakyRelu: bias, upsampling, filter, leaky ReLU, gain, clamp, filter, downsampling, along rows and columns.
//   v = first filter over the zero-stuffed x + b;  y = every Down-th of the second filter over a(v), along both axes
//   Plain, WritesSigns:  a(v) = clamp(v > 0 ? v : slope v, -limit, limit)
//   ReadsSigns:          a(v) = v times 1, slope, or 0 where clamped, according to the signs
// The gradient is the same operation with the filters exchanged; the gradient of the gradient is that of y without b.
//
// Shapes   x: [N, H, W, C]; b: [C] or null; first, second: separable, [K], for both axes; or planar, [I, J]; or null;
//          y: [N, Q, P, C]; signs: [N, R, S, ceil(C / 32), 2] words, two per 32 channels of a position (row and column)
//          of v: bit c of the first is set where v is not positive, of the second where it is clamped; contiguous
// Types    stored as Scalar, filters as float, summed in Accumulator
// Launch   one block of exactly 256 threads per strip of TileColumns outputs, tileRows high, and 32 channels
// Cost     a strip is processed row by row of v: (UpDepth (1 + Up) + DownTaps + DownDepth) multiplications per
//          position, with planar filters UpDepth^2 and DownTaps DownDepth instead, in registers and shared memory;
//          reads x (1 + halo) times, writes y; a quarter of a byte of signs per position
// Limits   those of FilteredTiling; only for devices with warps, the CPU has FilteredLeakyReluHost
// Source   Karras et al. 2021, Alias-Free Generative Adversarial Networks, section 3 and appendix
#include "Common/Prelude.cuh"
#include "Filtering/FilteredPlan.cuh"
#include "Filtering/FilteredStrip.cuh"
#include "Filtering/FilteredRows.cuh"
#include "Filtering/FilteredSigns.cuh"

// A row of v passes three pipeline stages: filtered vertically; filtered horizontally and activated; added to the
// outputs. The stages work on consecutive rows, so that one barrier per row separates all writes from all reads, and no
// stage waits for another.
constexpr int Stages = 3;

// The first stage, for the row of phase j in its group; a planar filter does everything in the second.
DEVICE void FilterUpRows(int j, const Taps& taps, const RowsUnder& rows, Shared& shared, int slot)
{
    if constexpr (!IsUpPlanar) {
        Accumulator sums[OwnSamples] = {};
#pragma unroll
        for (int k = 0; k < UpDepth; k++) {
            for (int i = 0; i < OwnSamples; i++) sums[i] += rows.window[k][i] * taps.up[j][k];
        }
        StoreSamples(sums, shared.samples[slot]);
    }
}

// The second stage: a thread's positions in the row of phase j in its group, from rows of samples, oldest first.
DEVICE void FilterUpColumns(
    int j, const Taps& taps, const Shared& shared, int oldest, Accumulator (&v)[OwnPositions])
{
    const int channelLane = threadIdx.x % ChannelLanes, lane = threadIdx.x / ChannelLanes;
    for (int i = 0; i < OwnPositions; i++) v[i] = 0;
    for (int row = 0; row < (IsUpPlanar ? UpDepth : 1); row++) {
        const auto& samples = shared.samples[(oldest + row) % SampleRows];
        const auto& rowTaps = IsUpPlanar ? shared.upTaps[j][row] : taps.up;
        Accumulator near[Groups + UpDepth - 1];
        for (int i = 0; i < Groups + UpDepth - 1; i++) near[i] = samples[lane * Groups + i][channelLane];
#pragma unroll
        for (int i = 0; i < OwnPositions; i++) {
            for (int k = 0; k < UpDepth; k++) v[i] += near[i / Up + k] * rowTaps[i % Up][k];
        }
    }
}

// The activation of a position, in the mode that the kernel is compiled for; all lanes of the warp have the same
// position, each its own channel.
DEVICE Accumulator Activate(Accumulator v, const FilteredPlan& plan, SignWords& words)
{
    const int channelLane = threadIdx.x % ChannelLanes;
    if constexpr (Mode == ReadsSigns) {
        const unsigned own = 1u << channelLane;
        if ((words.negative & own) != 0) v *= plan.slope;
        return (words.clamped & own) != 0 ? 0 : v;
    }

    const bool isPositive = v > 0;
    if (!isPositive) v *= plan.slope;
    const bool isClamped = Absolute(v) >= plan.limit;  // false for a NaN, which is passed through
    if constexpr (Mode == WritesSigns) {
        const SignWords all = {BallotBits(!isPositive), BallotBits(isClamped)};
        if (channelLane == 0) words = all;
    }
    return !isClamped ? v : isPositive ? plan.limit : plan.lowerLimit;
}

DEVICE void ActivateRow(
    const Accumulator (&v)[OwnPositions], const FilteredPlan& plan, SignColumns& signs, int row, SignWords* words,
    Accumulator (*middle)[ChannelLanes])
{
    if constexpr (Mode == ReadsSigns) WarpBarrier();  // the writes of the signs by their lanes | the reads by all
#pragma unroll
    for (int i = 0; i < OwnPositions; i++) middle[i][threadIdx.x % ChannelLanes] = Activate(v[i], plan, words[i]);
    if constexpr (Mode == WritesSigns) {
        WarpBarrier();  // the writes of the signs by lane 0 | the reads by the lanes that store them
        StoreSigns(signs, row, words);
    }
}

// Filters a row of v horizontally, for a thread's outputs, by one row of taps.
DEVICE void SumAcross(
    const Accumulator (*middle)[ChannelLanes], const Accumulator (&taps)[DownTaps], Accumulator (&sums)[Outputs])
{
    for (int p = 0; p < Outputs; p++) sums[p] = 0;
#pragma unroll
    for (int k = 0; k < DownTaps + (Outputs - 1) * Down; k++) {
        const Accumulator value = middle[k][threadIdx.x % ChannelLanes];
        for (int p = 0; p < Outputs; p++) {
            const int at = k - p * Down;
            if (at >= 0 && at < DownTaps) sums[p] += value * taps[at];
        }
    }
}

// The third stage: partial sums of the outputs that a row of v contributes to, oldest output first. For a separable
// filter, rows filtered horizontally are kept by their phase among Down rows until the last of these has come: they are
// then added while the sums move up (Complete).
struct RowsAbove {
    Accumulator sums[DownDepth][Outputs];
    Accumulator across[Down][Outputs];
};

DEVICE void FilterDown(
    const Taps& taps, const Shared& shared, const Accumulator (*middle)[ChannelLanes], int phase, RowsAbove& rows)
{
    Accumulator across[Outputs];
    if constexpr (IsDownPlanar) {
#pragma unroll
        for (int q = 0; q < DownDepth; q++) {
            SumAcross(middle, shared.downTaps[(DownDepth - 1 - q) * Down + phase], across);
            for (int p = 0; p < Outputs; p++) rows.sums[q][p] += across[p];
        }
    } else {
        SumAcross(middle, taps.down, across);
        for (int i = 0; i < Down; i++) {
            const bool isOwn = i == Down - 1 || i == phase;  // the last slot is not read before its own row
            for (int p = 0; p < Outputs; p++) rows.across[i][p] = isOwn ? across[p] : rows.across[i][p];
        }
    }
}

// After the last of Down rows the oldest outputs are complete, and the others move up.
DEVICE void Complete(const Taps& taps, RowsAbove& rows, Accumulator (&complete)[Outputs])
{
#pragma unroll
    for (int q = 0; q < DownDepth; q++) {
        for (int p = 0; p < Outputs; p++) {
            Accumulator sum = rows.sums[q][p];
            for (int i = 0; i < Down && !IsDownPlanar; i++) {
                sum += rows.across[i][p] * taps.down[(DownDepth - 1 - q) * Down + i];
            }

            if (q == 0) complete[p] = sum;
            else rows.sums[q - 1][p] = sum;
        }
    }
    for (int p = 0; p < Outputs; p++) rows.sums[DownDepth - 1][p] = 0;
}

DEVICE void StoreRow(const Accumulator (&values)[Outputs], int channels, int count, Scalar* to)
{
    for (int p = 0; p < Outputs; p++, to += channels) {
        if (p < count) *to = Scalar(values[p]);
    }
}

KERNEL_OF(BlockThreads, BlocksPerProcessor) FilteredLeakyRelu(
    const Scalar* __restrict__ x, const Scalar* __restrict__ b, const float* __restrict__ first,
    const float* __restrict__ second, unsigned* __restrict__ signs, Scalar* __restrict__ y, FilteredPlan plan)
{
    DYNAMIC_SHARED(Shared, shared);
    LoadUpTaps(first, plan, *shared);
    LoadDownTaps(second, plan, *shared);
    ClearRows(*shared);
    __syncthreads();  // the writes of zeros | those of samples

    const Strip strip = StripOf(plan);
    const bool hasChannel = strip.channel < plan.channels;
    const Accumulator bias = b != nullptr && hasChannel ? Accumulator(b[strip.channel]) : Accumulator(0);
    const int firstPosition = FirstUnder(plan.rows, strip.firstRow);
    const int lastPosition = FirstUnder(plan.rows, strip.endRow - 1) + DownTaps - 1;
    const int firstGroup = GroupOf(plan.rows, firstPosition), lastGroup = GroupOf(plan.rows, lastPosition + Stages - 1);
    const SampleColumns sampleColumns = SampleColumnsOf(plan, strip);
    SignColumns signColumns = SignColumnsOf(
        signs, plan, strip, FirstOfGroup(plan.rows, firstGroup) - (Mode == WritesSigns ? 1 : 0));
    RowsUnder rowsUnder = Begin(x, sampleColumns, bias, plan, strip, firstGroup, *shared);
    SignWords wordsAhead[SignParts] = {};

    // The row of y that is completed next, and the phase, among its last Down rows of v, of the first row to come.
    const int before = FirstOfGroup(plan.rows, firstGroup) - (Stages - 1) - firstPosition;
    const int turns = FloorQuotient(before, Down);
    int row = strip.firstRow - (DownDepth - 1) + turns, phase = before - turns * Down;
    const int firstColumn = strip.firstColumn + int(threadIdx.x) / ChannelLanes * Outputs;
    const int columnCount = hasChannel ? strip.endColumn - firstColumn : 0;
    const Int64 rowStride = Int64(plan.columns.outputLength) * plan.channels;
    y += (strip.image * plan.rows.outputLength + row) * rowStride + Int64(firstColumn) * plan.channels + strip.channel;
    const int firstUnder = strip.lead + int(threadIdx.x) / ChannelLanes * Outputs * Down;  // position in a row of v
    const int firstOwn = int(threadIdx.x) / ChannelLanes * OwnPositions;
    const Taps taps = TapsOf(*shared);
    RowsAbove rowsAbove = {};
    __syncthreads();  // the writes of samples | the reads

    for (int group = firstGroup; group <= lastGroup; group++) {
        Advance(sampleColumns, bias, plan, rowsUnder, *shared);
#pragma unroll  // makes indices of taps constants, and slots too if Up is even
        for (int j = 0; j < Up; j++) {
            const int position = FirstOfGroup(plan.rows, group) + j;
            const int slot = (group * Up + j) & 1;
            if constexpr (Mode == ReadsSigns) {
                ShareSigns(wordsAhead, shared->signs + firstOwn);
                LoadSigns(signColumns, position, wordsAhead);
            }
            FilterDown(taps, *shared, shared->middle[slot] + firstUnder, phase, rowsAbove);
            Accumulator v[OwnPositions];
            const int oldest = IsUpPlanar ? rowsUnder.newest + (j == 0 ? 1 : 2) : slot ^ 1;
            FilterUpColumns((j + Up - 1) % Up, taps, *shared, oldest, v);
            ActivateRow(
                v, plan, signColumns, position - 1, shared->signs + firstOwn, shared->middle[slot ^ 1] + firstOwn);
            FilterUpRows(j, taps, rowsUnder, *shared, slot);
            if (++phase == Down) {
                phase = 0;
                Accumulator complete[Outputs];
                Complete(taps, rowsAbove, complete);
                if (row >= strip.firstRow && row < strip.endRow) StoreRow(complete, plan.channels, columnCount, y);
                row++;
                y += rowStride;
            }
            __syncthreads();  // the writes of samples, middle and signs | the reads
        }
    }
}
