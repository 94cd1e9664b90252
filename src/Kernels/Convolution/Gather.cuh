// Gather: brings slices of the implicit matrix of a convolution, one row an output, one column a tap and channel, into
// shared memory, 16 bytes at a time: chunks that meet the border are zeros. What can be is computed once: a thread's
// chunks share their columns, so that along the depth it walks the taps, and across it the outputs.
// Limits: one group; no gaps between the elements of x, see Phases.cuh; the channels of x are a multiple of a chunk's,
// so that none spans two taps.
#pragma once
#include "Common/TensorTile.cuh"
#include "Convolution/Phases.cuh"

DEVICE bool IsWithin(int position, int size) { return unsigned(position) < unsigned(size); }

struct Tap {
    int t, h, w;
};

DEVICE Tap TapOf(const Plan& plan, int number)
{
    return {number / plan.kW / plan.kH, number / plan.kW % plan.kH, number % plan.kW};
}

// The first element of the channels of x that an output meets with a tap; -1 where there is none.
DEVICE Int64 Meet(const Plan& plan, Site site, Tap tap)
{
    const int t = site.t * plan.strideT - plan.beforeT + tap.t * plan.dilationT;
    const int h = site.h * plan.strideH - plan.beforeH + tap.h * plan.dilationH;
    const int w = site.w * plan.strideW - plan.beforeW + tap.w * plan.dilationW;
    if (!IsWithin(t, plan.inT) || !IsWithin(h, plan.inH) || !IsWithin(w, plan.inW)) return -1;
    return (((Int64(site.n) * plan.inT + t) * plan.inH + h) * plan.inW + w) * plan.inGroup;
}

// Walks taps by channels, slice by slice.
struct TapWalk {
    Tap tap;  // of this thread's chunks in the next slice
    int channel;

    MEMBER TapWalk(const Plan& plan, int at) : tap(TapOf(plan, at / plan.inGroup)), channel(at % plan.inGroup) {}

    MEMBER void Advance(const Plan& plan)
    {
        channel += SliceDepth;
        while (channel >= plan.inGroup) {
            channel -= plan.inGroup;
            if (++tap.w < plan.kW) continue;
            tap.w = 0;
            if (++tap.h < plan.kH) continue;
            tap.h = 0;
            tap.t++;
        }
    }
};

// Outputs are the tile's rows, the depth is taps by channels.
struct OutputsByTaps {
    using Own = Slice<TileRows, true>;
    const Scalar* x;
    const Plan& plan;
    Site sites[Own::ChunksOfThread];  // beyond the last clip where the tile is
    TapWalk walk;
    const Scalar* scales = nullptr;  // of every clip, frame of x (or one for all) and channel, if HasScales
    int scaleFrames = 0;
    Site frame;

    // The tile's rows begin at firstRow and end before endRow. With scales they are of one frame.
    MEMBER OutputsByTaps(
        const Scalar* source, const Plan& geometry, Int64 firstRow, Int64 endRow, int firstSlice)
        : x(source), plan(geometry), walk(geometry, firstSlice * SliceDepth + Own::Chunk(0) * ChunkLength),
          frame(OutputSite(geometry, firstRow))
    {
#pragma unroll
        for (int index = 0; index < Own::ChunksOfThread; index++) {
            const Int64 row = firstRow + Own::Row(index);
            sites[index] = row < endRow ? OutputSite(plan, row) : Site{plan.n, 0, 0, 0};
        }
    }

    MEMBER void Bring(char* slice, int)
    {
#pragma unroll
        for (int index = 0; index < Own::ChunksOfThread; index++) {
            const bool isThere = walk.tap.t < plan.kT && sites[index].n < plan.n;
            const Int64 place = isThere ? Meet(plan, sites[index], walk.tap) : -1;
            CopyAsync(slice + Own::Place(Own::Row(index), Own::Chunk(0)), place < 0 ? x : x + place + walk.channel,
                      place < 0 ? 0 : 16);
        }
        if constexpr (HasScales) BringScales(slice + ScalesAt);
        walk.Advance(plan);
    }

    // The first four threads bring those of the four chunks of the depth.
    MEMBER void BringScales(char* target)
    {
        if (threadIdx.x >= 4) return;  // no barrier follows in here
        const int t = frame.t * plan.strideT - plan.beforeT + walk.tap.t * plan.dilationT;
        const bool isThere = walk.tap.t < plan.kT && IsWithin(t, plan.inT);
        const Int64 row = Int64(frame.n) * scaleFrames + (scaleFrames == 1 ? 0 : t);
        CopyAsync(target + 16 * threadIdx.x, isThere ? scales + row * plan.inGroup + walk.channel : scales,
                  isThere ? 16 : 0);
    }
};

// Output channels are the tile's columns, the depth is a phase's taps by channels.
struct WeightsByTaps {
    using Own = Slice<TileColumns, true>;
    const Scalar* w;
    const Plan& plan;  // of all phases
    const Phase& phase;
    TapWalk walk;
    int firstOutput;

    MEMBER WeightsByTaps(const Scalar* source, const Plan& geometry, const Phase& own, int column, int firstSlice)
        : w(source), plan(geometry), phase(own),
          walk(own.plan, firstSlice * SliceDepth + Own::Chunk(0) * ChunkLength), firstOutput(column)
    {
    }

    MEMBER void Bring(char* slice, int)
    {
        const Int64 rowLength = Int64(plan.kT) * plan.kH * plan.kW * plan.inGroup;
        const Int64 tap = TapNumber(plan, phase, walk.tap.t, walk.tap.h, walk.tap.w);
        const Scalar* from = w + tap * plan.inGroup + walk.channel;
#pragma unroll
        for (int index = 0; index < Own::ChunksOfThread; index++) {
            const int output = firstOutput + Own::Row(index);
            const bool isThere = walk.tap.t < phase.plan.kT && output < plan.outGroup;
            CopyAsync(slice + Own::Place(Own::Row(index), Own::Chunk(0)), isThere ? from + output * rowLength : w,
                      isThere ? 16 : 0);
        }
        walk.Advance(phase.plan);
    }
};

// Taps by channels are the tile's columns, the depth is the outputs.
struct TapsByOutputs {
    using Own = Slice<TileColumns, false>;
    static_assert(TileThreads % Own::ChunksOfRow == 0, "a thread's chunks lie in one column");
    const Scalar* x;
    const Plan& plan;
    Site sites[Own::ChunksOfThread];  // of this thread's chunks in the next slice
    Site step;                        // from slice to slice
    Tap tap;
    int channel;
    bool isInside;

    MEMBER TapsByOutputs(const Scalar* source, const Plan& geometry, int firstColumn, int firstSlice)
        : x(source), plan(geometry)
    {
        const int at = firstColumn + Own::Chunk(0) * ChunkLength;
        tap = TapOf(plan, at / plan.inGroup);
        channel = at % plan.inGroup;
        isInside = tap.t < plan.kT;
        step = OutputSite(plan, SliceDepth);
#pragma unroll
        for (int index = 0; index < Own::ChunksOfThread; index++) {
            sites[index] = OutputSite(plan, Int64(firstSlice) * SliceDepth + Own::Row(index));
        }
    }

    MEMBER void Bring(char* slice, int)
    {
#pragma unroll
        for (int index = 0; index < Own::ChunksOfThread; index++) {
            Site& site = sites[index];
            const Int64 place = isInside && site.n < plan.n ? Meet(plan, site, tap) : -1;
            CopyAsync(slice + Own::Place(Own::Row(index), Own::Chunk(0)), place < 0 ? x : x + place + channel,
                      place < 0 ? 0 : 16);
            site = {site.n + step.n, site.t + step.t, site.h + step.h, site.w + step.w};
            if (site.w >= plan.outW) site.w -= plan.outW, site.h++;
            if (site.h >= plan.outH) site.h -= plan.outH, site.t++;
            if (site.t >= plan.outT) site.t -= plan.outT, site.n++;
        }
    }
};
