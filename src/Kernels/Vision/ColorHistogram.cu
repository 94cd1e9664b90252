// ColorHistogram: how many pixels of each frame have each colour, quantised to B levels per channel.
//   y[n,r,g,b] = number of pixels p with level(x[n,p]) = (r, g, b), level(v) = floor((v / 2 + 1/2) (B - 1) + 1/2)
//   clamped to 0 .. B - 1, 0 for NaN; each step rounded to 32 bits
//
// Shapes   x: [N, P, 3], values in [-1, 1]; y: [N, B, B, B] of int, initialised to zeros; contiguous
// Types    stored as Scalar, levels computed in float
// Launch   pixels of a frame distributed by RowTiling, on the host device one block a frame; any block size
// Cost     reads 3*N*P, writes N*B^3: bound by memory, or by atomics of neighbouring pixels that contend for one bin
// Source   Brooks et al. 2022, Generating Long Videos of Dynamic Scenes, the colour similarity of section 2
#include "Common/Prelude.cuh"
#include "Common/Atomics.cuh"
#include "Common/Rows.cuh"

// Computed in double, where a product of two floats is exact, and rounded at each step: contraction to a fused
// multiply-add cannot change the result.
DEVICE int Level(float value, int levelCount)
{
    const float share = float(double(value) * 0.5 + 0.5);
    const float scaled = float(double(share) * (levelCount - 1));
    const float level = Floor(float(double(scaled) + 0.5));
    const float last = float(levelCount - 1);
    return int(level > 0 ? (level < last ? level : last) : 0.0f);
}

constexpr int Group = 256;  // pixels of the host device whose levels are computed, vectorised, before being counted

KERNEL ColorHistogram(const Scalar* __restrict__ x, int* __restrict__ y, RowTiling tiling, int levelCount)
{
    const Int64 binCount = (Int64)levelCount * levelCount * levelCount;
    if (WarpSize == 1) {
        // One block of one thread per frame: no atomics needed.
        const Scalar* frame = x + 3 * (Int64)blockIdx.x * tiling.rowLength;
        int* counts = y + blockIdx.x * binCount;
        int levels[WarpSize == 1 ? 3 * Group : 1];
        for (int first = 0; first < tiling.rowLength; first += Group) {
            const int count = Minimum(Group, tiling.rowLength - first);
            const Scalar* from = frame + 3 * (Int64)first;
            for (int i = 0; i < 3 * count; i++) levels[i] = Level(float(from[i]), levelCount);
            for (int p = 0; p < count; p++) {
                counts[(levels[3 * p] * levelCount + levels[3 * p + 1]) * levelCount + levels[3 * p + 2]]++;
            }
        }
        return;
    }
    ForEachRow(tiling, [=](Int64 row, int first, int end, int step) {
        for (int p = first; p < end; p += step) {
            const Scalar* pixel = x + 3 * (row * tiling.rowLength + p);
            const int red = Level(float(pixel[0]), levelCount), green = Level(float(pixel[1]), levelCount);
            const int blue = Level(float(pixel[2]), levelCount);
            AtomicAdd(y + row * binCount + (red * levelCount + green) * levelCount + blue, 1);
        }
    });
}
