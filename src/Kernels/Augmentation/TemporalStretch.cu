// TemporalStretch: resamples every clip to its own speed by linear interpolation of frames, pads it with zeros, crops.
//   y[n,t,i] = resized[n, t + c[n] - p[n], i], 0 outside of 0 .. floor(T s[n]) - 1, where
//   resized[n,r,i] = (1 - w) x[n,j,i] + w x[n, min(j + 1, T - 1), i], j + w = max(0, (r + 1/2) / s[n] - 1/2);
//   a clip whose number of frames stays the same is copied
// TemporalStretchGradient: the adjoint, as a gather: a frame of x sums over the frames of y that read it.
//
// Shapes   x: [N, T, I]; y: [N, M, I]; scale s, padding p, crop start c: [N]; contiguous
// Types    stored as Scalar, summed in Accumulator; positions in float, as in the source of the recorded reference data
// Launch   rows of I distributed by RowTiling; any block size
// Cost     reads 2 rows per row of y, or 2 s per row of x: bound by memory
// Limits   T >= 1, s > 0
// Source   Brooks et al. 2022, Generating Long Videos of Dynamic Scenes: the temporal augmentation of the
//          discriminator; it is built on PyTorch's interpolation, which copies if sizes are equal
#include "Common/Prelude.cuh"
#include "Common/Rows.cuh"

struct Stretch {
    float step;   // frames of x from one resized frame to the next
    float scale;
    int length;   // resized frames
    int shift;    // from a frame of y to its resized frame
    int last;     // of x
};

struct Source {
    int lower, upper;
    float weight;  // of upper
};

DEVICE Stretch StretchOf(int clip, int frameCount, const float* scale, const int* padding, const int* cropStart)
{
    const int length = int(Floor(frameCount * double(scale[clip])));
    const float exact = length == frameCount ? 1.0f : scale[clip];
    return {float(1 / double(exact)), exact, length, cropStart[clip] - padding[clip], frameCount - 1};
}

DEVICE Source SourceOf(const Stretch& stretch, int resized)
{
    const float position = Maximum(0.0f, stretch.step * (resized + 0.5f) - 0.5f);
    const int lower = Minimum(int(position), stretch.last);
    return {lower, Minimum(lower + 1, stretch.last), position - lower};
}

KERNEL TemporalStretch(
    const Scalar* __restrict__ x, const float* __restrict__ scale, const int* __restrict__ padding,
    const int* __restrict__ cropStart, Scalar* __restrict__ y, RowTiling tiling, int frameCount, int outputFrameCount)
{
    ForEachRow(tiling, [=](Int64 row, int first, int end, int step) {
        const int clip = int(row / outputFrameCount);
        const Stretch stretch = StretchOf(clip, frameCount, scale, padding, cropStart);
        const int resized = int(row - (Int64)clip * outputFrameCount) + stretch.shift;
        const int threadStep = WarpSize == 1 ? 1 : step;
        Scalar* to = y + row * tiling.rowLength;
        if (resized < 0 || resized >= stretch.length) {
            for (int i = first; i < end; i += threadStep) to[i] = Scalar(0);
            return;
        }
        const Source source = SourceOf(stretch, resized);
        const Scalar* frames = x + (Int64)clip * frameCount * tiling.rowLength;
        const Scalar* lower = frames + (Int64)source.lower * tiling.rowLength;
        const Scalar* upper = frames + (Int64)source.upper * tiling.rowLength;
        const Accumulator weight = source.weight;
        for (int i = first; i < end; i += threadStep) {
            to[i] = Scalar((1 - weight) * Accumulator(lower[i]) + weight * Accumulator(upper[i]));
        }
    });
}

// Elements of a row per thread: on the host device many, so that the weights are computed once for all of them.
constexpr int Width = WarpSize == 1 ? 256 : 1;

KERNEL TemporalStretchGradient(
    const Scalar* __restrict__ g, const float* __restrict__ scale, const int* __restrict__ padding,
    const int* __restrict__ cropStart, Scalar* __restrict__ dx, RowTiling tiling, int frameCount, int outputFrameCount)
{
    ForEachRow(tiling, [=](Int64 row, int first, int end, int step) {
        const int clip = int(row / frameCount);
        const int frame = int(row - (Int64)clip * frameCount);
        const Stretch stretch = StretchOf(clip, frameCount, scale, padding, cropStart);
        // Resized frames whose position lies within one frame of this one, plus one on each side to cover rounding.
        const int reach = int(Floor((frame - 0.5f) * stretch.scale - 0.5f)) - 1;
        const int afterReach = int(Floor((frame + 1.5f) * stretch.scale - 0.5f)) + 3;
        const int begin = Maximum(Maximum(reach, 0), stretch.shift);
        const int stop = Minimum(Minimum(afterReach, stretch.length), outputFrameCount + stretch.shift);
        const Scalar* frames = g + ((Int64)clip * outputFrameCount - stretch.shift) * tiling.rowLength;
        Scalar* to = dx + row * tiling.rowLength;
        for (int i = first; i < end; i += WarpSize == 1 ? Width : step) {
            const int count = Minimum(Width, end - i);
            Accumulator sum[Width] = {};
            for (int resized = begin; resized < stop; resized++) {
                const Source source = SourceOf(stretch, resized);
                const Accumulator lower = source.lower == frame ? 1 - Accumulator(source.weight) : 0;
                const Accumulator weight = lower + (source.upper == frame ? Accumulator(source.weight) : 0);
                if (weight == 0) continue;
                const Scalar* from = frames + (Int64)resized * tiling.rowLength + i;
                for (int c = 0; c < count; c++) sum[c] += weight * Accumulator(from[c]);
            }
            for (int c = 0; c < count; c++) to[i + c] = Scalar(sum[c]);
        }
    });
}
