// Gather: copies k-slices of a convolution's implicit (im2col) matrix, one row per output and one column per tap and
// channel, into shared memory in chunks of 16 bytes; chunks outside x are zero-filled. Index arithmetic is done once
// where possible: all chunks of a thread share their columns. Where taps x channels are K, the thread goes from tap to
// tap; where outputs are, from output to output. Its pointers advance in step, and are recomputed only where a tap or a
// row of x ends. They may point outside x: the copy then writes zeros.
// Limits: one group; no gaps between the elements of x, see Phases.cuh; the channels of x are a multiple of a chunk's
// elements, so that no chunk spans two taps.
#pragma once
#include "Common/TensorTile.cuh"
#include "Convolution/Phases.cuh"

DEVICE bool IsWithin(int position, int size) { return unsigned(position) < unsigned(size); }

// A position in x, or the steps from one to another.
struct Pixel {
    int t, h, w;
};

DEVICE Pixel Sum(Pixel a, Pixel b) { return {a.t + b.t, a.h + b.h, a.w + b.w}; }

DEVICE bool IsWithin(const Plan& plan, Pixel pixel)
{
    return IsWithin(pixel.t, plan.inT) && IsWithin(pixel.h, plan.inH) && IsWithin(pixel.w, plan.inW);
}

// The distance of such steps in elements of x.
DEVICE Int64 ElementsOf(const Plan& plan, Pixel steps)
{
    return ((Int64(steps.t) * plan.inH + steps.h) * plan.inW + steps.w) * plan.inGroup;
}

// The pixel that an output reads at the first tap.
DEVICE Pixel FirstPixel(const Plan& plan, Site site)
{
    return {site.t * plan.strideT - plan.beforeT, site.h * plan.strideH - plan.beforeH,
            site.w * plan.strideW - plan.beforeW};
}

// A tap, or the steps from one to another.
struct Tap {
    int t, h, w;
};

DEVICE Tap TapOf(const Plan& plan, int number)
{
    return {number / plan.kW / plan.kH, number / plan.kW % plan.kH, number % plan.kW};
}

DEVICE Pixel StepsOf(const Plan& plan, Tap tap)
{
    return {tap.t * plan.dilationT, tap.h * plan.dilationH, tap.w * plan.dilationW};
}

// Goes over taps x channels, one k-slice at a time.
struct TapIterator {
    Tap tap;  // of this thread's chunks in the next k-slice
    int channel;

    MEMBER TapIterator(const Plan& plan, int at) : tap(TapOf(plan, at / plan.inGroup)), channel(at % plan.inGroup) {}

    // Calls stay() if the next k-slice has the same tap, else move(taps, channels) with the steps to its tap and
    // channel.
    template <typename Stay, typename Move> MEMBER void Advance(const Plan& plan, Stay stay, Move move)
    {
        channel += SliceDepth;
        if (channel < plan.inGroup) {
            stay();
            return;
        }
        const Tap last = tap;
        int channels = SliceDepth;
        do {
            channel -= plan.inGroup;
            channels -= plan.inGroup;
            if (++tap.w < plan.kW) continue;
            tap.w = 0;
            if (++tap.h < plan.kH) continue;
            tap.h = 0;
            tap.t++;
        } while (channel >= plan.inGroup);
        move(Tap{tap.t - last.t, tap.h - last.h, tap.w - last.w}, channels);
    }
};

// The implicit matrix as x operand: outputs are the tile's rows, taps x channels are K.
struct OutputsByTaps {
    using Own = Chunks<TileRows, true>;
    const Plan& plan;
    TapIterator iterator;
    Pixel first[Own::Count];         // read at the first tap; a pixel outside x for rows beyond the last
    const Scalar* next[Own::Count];  // this thread's chunks of the next k-slice
    unsigned predicates = 0;         // bit i: chunk i is in x
    const Scalar* scales = nullptr;  // if HasScales, [scaleFrames, C] of the tile's clip
    int scaleFrames = 0;             // of x, or 1 for all of them
    int frame = 0;                   // of x, that the tile's outputs read at the first tap

    // The tile's rows begin at firstRow and end before endRow.
    MEMBER OutputsByTaps(const Scalar* x, const Plan& geometry, Int64 firstRow, Int64 endRow, int firstSlice)
        : plan(geometry), iterator(geometry, firstSlice * SliceDepth + Own::Element())
    {
        const Int64 offset = ElementsOf(plan, StepsOf(plan, iterator.tap)) + iterator.channel;
#pragma unroll
        for (int index = 0; index < Own::Count; index++) {
            const Int64 row = firstRow + Own::Row() + index * Own::RowStep;
            const Site site = OutputSite(plan, row);
            const Pixel pixel = FirstPixel(plan, site);
            next[index] = x + site.n * ElementsOf(plan, {plan.inT, 0, 0}) + ElementsOf(plan, pixel) + offset;
            first[index] = row < endRow ? pixel : Pixel{plan.inT, 0, 0};
        }
        UpdatePredicates();
    }

    MEMBER void UpdatePredicates()
    {
        const Pixel steps = StepsOf(plan, iterator.tap);
        predicates = 0;
        if (iterator.tap.t >= plan.kT) return;
#pragma unroll
        for (int index = 0; index < Own::Count; index++) {
            predicates |= unsigned(IsWithin(plan, Sum(first[index], steps))) << index;
        }
    }

    MEMBER void Copy(char* slice)
    {
        char* const to = slice + Own::Offset();
#pragma unroll
        for (int index = 0; index < Own::Count; index++) {
            CopyAsync(to + index * Own::OffsetStep, next[index], (predicates & 1u << index) != 0);
        }
        if constexpr (HasScales) CopyScales(slice + ScalesAt);
        iterator.Advance(plan, [&] { Move(SliceDepth); }, [&](Tap taps, int channels) {
            Move(ElementsOf(plan, StepsOf(plan, taps)) + channels);
            UpdatePredicates();
        });
    }

    MEMBER void Move(Int64 elements)
    {
#pragma unroll
        for (int index = 0; index < Own::Count; index++) next[index] += elements;
    }

    // Sets the scales, given those of all clips. All rows of the tile read the same clip, and at each tap the same
    // frame of it.
    MEMBER void Scale(const Scalar* ofAll, int frames, Int64 firstRow)
    {
        const Site site = OutputSite(plan, firstRow);
        scales = ofAll + Int64(site.n) * frames * plan.inGroup;
        scaleFrames = frames;
        frame = FirstPixel(plan, site).t;
    }

    // The first four threads copy one chunk of scales each: a k-slice has four chunks.
    MEMBER void CopyScales(char* target)
    {
        if (threadIdx.x >= 4) return;  // no barrier follows in here
        const int t = frame + iterator.tap.t * plan.dilationT;
        const Int64 row = scaleFrames == 1 ? 0 : t;
        CopyAsync(target + 16 * threadIdx.x, scales + row * plan.inGroup + iterator.channel,
                  iterator.tap.t < plan.kT && IsWithin(t, plan.inT));
    }
};

// The weights as w operand: output channels are the tile's columns, a phase's taps x channels are K.
struct WeightsByTaps {
    using Own = Chunks<TileColumns, true>;
    const Plan& plan;  // of all phases
    const Phase& phase;
    TapIterator iterator;
    const Scalar* next;  // this thread's first chunk of the next k-slice
    int outputs;         // output channels left from that chunk's row on; 0 beyond the last tap

    MEMBER WeightsByTaps(const Scalar* w, const Plan& geometry, const Phase& own, int column, int firstSlice)
        : plan(geometry), phase(own), iterator(own.plan, firstSlice * SliceDepth + Own::Element()),
          outputs(geometry.outGroup - column - Own::Row())
    {
        const Tap tap = iterator.tap;
        next = w + (column + Own::Row()) * RowLength() + iterator.channel
               + Int64(TapNumber(plan, phase, tap.t, tap.h, tap.w)) * plan.inGroup;
        EndWithTaps();
    }

    MEMBER Int64 RowLength() const { return Int64(plan.kT) * plan.kH * plan.kW * plan.inGroup; }

    MEMBER void Copy(char* slice)
    {
        char* const to = slice + Own::Offset();
#pragma unroll
        for (int index = 0; index < Own::Count; index++) {
            const int below = index * Own::RowStep;
            CopyAsync(to + index * Own::OffsetStep, next + below * RowLength(), outputs > below);
        }
        iterator.Advance(phase.plan, [&] { next += SliceDepth; }, [&](Tap taps, int channels) {
            next += Int64(TapSteps(plan, phase, taps.t, taps.h, taps.w)) * plan.inGroup + channels;
            EndWithTaps();
        });
    }

    MEMBER void EndWithTaps()
    {
        if (iterator.tap.t >= phase.plan.kT) outputs = 0;
    }
};

// The implicit matrix as w operand: taps x channels are the tile's columns, outputs are K.
struct TapsByOutputs {
    using Own = Chunks<TileColumns, false>;
    const Scalar* x;
    const Plan& plan;
    Pixel first;         // that the first output reads at this thread's tap
    bool isInside;       // whether this thread's column is within the taps
    Site site;           // of this thread's next chunk
    Site step;           // from chunk to chunk
    const Scalar* next;  // the pixel that the site reads
    int width;           // pixels in that pixel's row of x; 0 if there is no such row

    MEMBER TapsByOutputs(const Scalar* source, const Plan& geometry, int firstColumn, int firstSlice) : plan(geometry)
    {
        const int at = firstColumn + Own::Element();
        const Tap tap = TapOf(plan, at / plan.inGroup);
        x = source + at % plan.inGroup;
        isInside = tap.t < plan.kT;
        first = Sum(FirstPixel(plan, {}), StepsOf(plan, tap));
        step = OutputSite(plan, Own::RowStep);
        site = OutputSite(plan, Int64(firstSlice) * SliceDepth + Own::Row());
        UpdateRow();
    }

    MEMBER Pixel CurrentPixel() const
    {
        return Sum(first, {site.t * plan.strideT, site.h * plan.strideH, site.w * plan.strideW});
    }

    MEMBER void UpdateRow()
    {
        const Pixel pixel = CurrentPixel();
        const bool exists =
            isInside && site.n < plan.n && IsWithin(pixel.t, plan.inT) && IsWithin(pixel.h, plan.inH);
        width = exists ? plan.inW : 0;
        next = x + site.n * ElementsOf(plan, {plan.inT, 0, 0}) + ElementsOf(plan, pixel);
    }

    MEMBER void Copy(char* slice)
    {
        char* const to = slice + Own::Offset();
#pragma unroll
        for (int index = 0; index < Own::Count; index++) {
            CopyAsync(to + index * Own::OffsetStep, next, IsWithin(CurrentPixel().w, width));
            Advance();
        }
    }

    MEMBER void Advance()
    {
        site.w += step.w;
        if (site.w < plan.outW && plan.outW > Own::RowStep) {
            next += Int64(step.w * plan.strideW) * plan.inGroup;
            return;
        }
        if (site.w >= plan.outW) site.w -= plan.outW, site.h++;
        site.h += step.h;
        if (site.h >= plan.outH) site.h -= plan.outH, site.t++;
        site.t += step.t;
        if (site.t >= plan.outT) site.t -= plan.outT, site.n++;
        site.n += step.n;
        UpdateRow();
    }
};
