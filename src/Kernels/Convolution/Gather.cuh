// Gather: brings slices of the implicit matrix of a convolution, one row an output, one column a tap and channel, into
// shared memory, 16 bytes at a time: chunks that meet the border are zeros. What can be is computed once: a thread's
// chunks share their columns, so that along the depth it walks the taps, and across it the outputs. Pointers walk along
// with it; what is met is found anew where a tap or a row of x ends. They may leave x: then zeros are brought.
// Limits: one group; no gaps between the elements of x, see Phases.cuh; the channels of x are a multiple of a chunk's,
// so that none spans two taps.
#pragma once
#include "Common/TensorTile.cuh"
#include "Convolution/Phases.cuh"

DEVICE bool IsWithin(int position, int size) { return unsigned(position) < unsigned(size); }

// A place in x, or steps from one to another.
struct Pixel {
    int t, h, w;
};

DEVICE Pixel Sum(Pixel a, Pixel b) { return {a.t + b.t, a.h + b.h, a.w + b.w}; }

DEVICE bool IsWithin(const Plan& plan, Pixel pixel)
{
    return IsWithin(pixel.t, plan.inT) && IsWithin(pixel.h, plan.inH) && IsWithin(pixel.w, plan.inW);
}

// The elements that such steps pass.
DEVICE Int64 ElementsOf(const Plan& plan, Pixel steps)
{
    return ((Int64(steps.t) * plan.inH + steps.h) * plan.inW + steps.w) * plan.inGroup;
}

// The pixel that an output meets with the first tap.
DEVICE Pixel FirstPixel(const Plan& plan, Site site)
{
    return {site.t * plan.strideT - plan.beforeT, site.h * plan.strideH - plan.beforeH,
            site.w * plan.strideW - plan.beforeW};
}

// A tap, or steps from one to another.
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

// Walks taps by channels, slice by slice.
struct TapWalk {
    Tap tap;  // of this thread's chunks in the next slice
    int channel;

    MEMBER TapWalk(const Plan& plan, int at) : tap(TapOf(plan, at / plan.inGroup)), channel(at % plan.inGroup) {}

    // Calls stay() where the next slice has the same tap, else move(taps, channels) with the steps to its own.
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

// Outputs are the tile's rows, the depth is taps by channels.
struct OutputsByTaps {
    using Own = Chunks<TileRows, true>;
    const Plan& plan;
    TapWalk walk;
    Pixel first[Own::Count];         // what the outputs meet with the first tap: beyond the last row, nothing in x
    const Scalar* next[Own::Count];  // this thread's chunks of the next slice
    unsigned there = 0;              // bit i: chunk i is in x
    const Scalar* scales = nullptr;  // if HasScales, those of the tile's clip, frame of x (or one for all) and channel
    int scaleFrames = 0;
    int frame = 0;  // what the tile's outputs meet with the first tap

    // The tile's rows begin at firstRow and end before endRow.
    MEMBER OutputsByTaps(const Scalar* x, const Plan& geometry, Int64 firstRow, Int64 endRow, int firstSlice)
        : plan(geometry), walk(geometry, firstSlice * SliceDepth + Own::Element())
    {
        const Int64 offset = ElementsOf(plan, StepsOf(plan, walk.tap)) + walk.channel;
#pragma unroll
        for (int index = 0; index < Own::Count; index++) {
            const Int64 row = firstRow + Own::Row() + index * Own::RowsApart;
            const Site site = OutputSite(plan, row);
            const Pixel pixel = FirstPixel(plan, site);
            next[index] = x + site.n * ElementsOf(plan, {plan.inT, 0, 0}) + ElementsOf(plan, pixel) + offset;
            first[index] = row < endRow ? pixel : Pixel{plan.inT, 0, 0};
        }
        MeetTap();
    }

    MEMBER void MeetTap()
    {
        const Pixel steps = StepsOf(plan, walk.tap);
        there = 0;
        if (walk.tap.t >= plan.kT) return;
#pragma unroll
        for (int index = 0; index < Own::Count; index++) {
            there |= unsigned(IsWithin(plan, Sum(first[index], steps))) << index;
        }
    }

    MEMBER void Bring(char* slice)
    {
        char* const to = slice + Own::Place();
#pragma unroll
        for (int index = 0; index < Own::Count; index++) {
            CopyAsync(to + index * Own::PlacesApart, next[index], (there & 1u << index) != 0);
        }
        if constexpr (HasScales) BringScales(slice + ScalesAt);
        walk.Advance(plan, [&] { Move(SliceDepth); }, [&](Tap taps, int channels) {
            Move(ElementsOf(plan, StepsOf(plan, taps)) + channels);
            MeetTap();
        });
    }

    MEMBER void Move(Int64 elements)
    {
#pragma unroll
        for (int index = 0; index < Own::Count; index++) next[index] += elements;
    }

    // Gives it the scales of every clip; the tile's rows meet one clip, and with a tap one frame of it.
    MEMBER void Scale(const Scalar* ofAll, int frames, Int64 firstRow)
    {
        const Site site = OutputSite(plan, firstRow);
        scales = ofAll + Int64(site.n) * frames * plan.inGroup;
        scaleFrames = frames;
        frame = FirstPixel(plan, site).t;
    }

    // The first four threads bring those of the four chunks of the depth.
    MEMBER void BringScales(char* target)
    {
        if (threadIdx.x >= 4) return;  // no barrier follows in here
        const int t = frame + walk.tap.t * plan.dilationT;
        const Int64 row = scaleFrames == 1 ? 0 : t;
        CopyAsync(target + 16 * threadIdx.x, scales + row * plan.inGroup + walk.channel,
                  walk.tap.t < plan.kT && IsWithin(t, plan.inT));
    }
};

// Output channels are the tile's columns, the depth is a phase's taps by channels.
struct WeightsByTaps {
    using Own = Chunks<TileColumns, true>;
    const Plan& plan;  // of all phases
    const Phase& phase;
    TapWalk walk;
    const Scalar* next;  // this thread's first chunk of the next slice
    int outputs;         // from that chunk's on, while there are taps

    MEMBER WeightsByTaps(const Scalar* w, const Plan& geometry, const Phase& own, int column, int firstSlice)
        : plan(geometry), phase(own), walk(own.plan, firstSlice * SliceDepth + Own::Element()),
          outputs(geometry.outGroup - column - Own::Row())
    {
        const Tap tap = walk.tap;
        next = w + (column + Own::Row()) * RowLength() + walk.channel
               + Int64(TapNumber(plan, phase, tap.t, tap.h, tap.w)) * plan.inGroup;
        EndWithTaps();
    }

    MEMBER Int64 RowLength() const { return Int64(plan.kT) * plan.kH * plan.kW * plan.inGroup; }

    MEMBER void Bring(char* slice)
    {
        char* const to = slice + Own::Place();
#pragma unroll
        for (int index = 0; index < Own::Count; index++) {
            const int below = index * Own::RowsApart;
            CopyAsync(to + index * Own::PlacesApart, next + below * RowLength(), outputs > below);
        }
        walk.Advance(phase.plan, [&] { next += SliceDepth; }, [&](Tap taps, int channels) {
            next += Int64(TapSteps(plan, phase, taps.t, taps.h, taps.w)) * plan.inGroup + channels;
            EndWithTaps();
        });
    }

    MEMBER void EndWithTaps()
    {
        if (walk.tap.t >= phase.plan.kT) outputs = 0;
    }
};

// Taps by channels are the tile's columns, the depth is the outputs.
struct TapsByOutputs {
    using Own = Chunks<TileColumns, false>;
    const Scalar* x;
    const Plan& plan;
    Pixel first;  // what the first output meets with this thread's tap
    bool isInside;
    Site site;           // of this thread's next chunk
    Site step;           // from chunk to chunk
    const Scalar* next;  // of the pixel that the site meets
    int width;           // pixels of the row of x in which that lies; 0 where there is no such row

    MEMBER TapsByOutputs(const Scalar* source, const Plan& geometry, int firstColumn, int firstSlice) : plan(geometry)
    {
        const int at = firstColumn + Own::Element();
        const Tap tap = TapOf(plan, at / plan.inGroup);
        x = source + at % plan.inGroup;
        isInside = tap.t < plan.kT;
        first = Sum(FirstPixel(plan, {}), StepsOf(plan, tap));
        step = OutputSite(plan, Own::RowsApart);
        site = OutputSite(plan, Int64(firstSlice) * SliceDepth + Own::Row());
        MeetRow();
    }

    MEMBER Pixel Met() const
    {
        return Sum(first, {site.t * plan.strideT, site.h * plan.strideH, site.w * plan.strideW});
    }

    MEMBER void MeetRow()
    {
        const Pixel met = Met();
        const bool isThere = isInside && site.n < plan.n && IsWithin(met.t, plan.inT) && IsWithin(met.h, plan.inH);
        width = isThere ? plan.inW : 0;
        next = x + site.n * ElementsOf(plan, {plan.inT, 0, 0}) + ElementsOf(plan, met);
    }

    MEMBER void Bring(char* slice)
    {
        char* const to = slice + Own::Place();
#pragma unroll
        for (int index = 0; index < Own::Count; index++) {
            CopyAsync(to + index * Own::PlacesApart, next, IsWithin(Met().w, width));
            Advance();
        }
    }

    MEMBER void Advance()
    {
        site.w += step.w;
        if (site.w < plan.outW && plan.outW > Own::RowsApart) {
            next += Int64(step.w * plan.strideW) * plan.inGroup;
            return;
        }
        if (site.w >= plan.outW) site.w -= plan.outW, site.h++;
        site.h += step.h;
        if (site.h >= plan.outH) site.h -= plan.outH, site.t++;
        site.t += step.t;
        if (site.t >= plan.outT) site.t -= plan.outT, site.n++;
        site.n += step.n;
        MeetRow();
    }
};
