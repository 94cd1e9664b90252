// LowpassBank: filters every noise channel with every filter of a bank.
//   y[n,t,kB+b] = scale[b] sum over j of filter[b,j] noise[n,k,t+j], j over the last tapCount[b] of J
// LowpassBankGradient: the adjoint, a sum over filters and outputs.
//   d[n,l,k] = sum over b, t of scale[b] filter[b,l-t] g[n,t,kB+b]
//
// Shapes   noise: [N, K, L], channels first; filter: [B, J], in the adjoint [J, B]; y, g: [N, L - J + 1, K*B];
//          d: [N, L, K]; contiguous
// Types    stored as Scalar, the bank as float, summed in Accumulator
// Launch   forward: one block per tile of outputs, group of Filters filters and channel; at most 256 threads. Adjoint:
//          one warp per element, any block size that is a multiple of WarpSize
// Cost     N*K*(L-J+1)*B times the mean tap count in multiplications: bound by arithmetic. A prototype of the innermost
//          loop on one core of an AMD EPYC with 512-bit vectors: 79e9 per second with 4 taps per iteration, 27e9 with 1
// Limits   each filter of a group costs as much as the longest one of the group
// Source   Brooks et al. 2022, Generating Long Videos of Dynamic Scenes: the temporal embedding of the generator
#include "Common/Prelude.cuh"
#include "Common/Warp.cuh"

constexpr int Filters = 4;                          // of a group
constexpr int Outputs = WarpSize == 1 ? 128 : 1;    // neighbouring outputs that a thread sums
constexpr int LargestTile = WarpSize == 1 ? 128 : 256;
constexpr int Slice = 1024;                         // taps whose noise is in shared memory at a time
constexpr int Unroll = 4;                           // taps per load and store of the sums; divides Slice

struct BankPlan {
    int length;        // L
    int outputLength;  // of y
    int channelCount;  // K
    int filterCount;   // B
    int tapCount;      // J
};

template <int Count>
DEVICE void AddTaps(
    Accumulator (&sum)[Filters][Outputs], const float* const (&filter)[Filters], int tap, const Accumulator* noise)
{
    Accumulator weight[Filters][Count];
    for (int b = 0; b < Filters; b++) {
        for (int j = 0; j < Count; j++) weight[b][j] = filter[b][tap + j];
    }
    for (int t = 0; t < Outputs; t++) {
        for (int b = 0; b < Filters; b++) {
            Accumulator total = sum[b][t];
            for (int j = 0; j < Count; j++) total += weight[b][j] * noise[t + j];
            sum[b][t] = total;
        }
    }
}

KERNEL LowpassBank(
    const Scalar* __restrict__ noise, const float* __restrict__ filters, const int* __restrict__ tapCounts,
    const float* __restrict__ scales, Scalar* __restrict__ y, BankPlan plan)
{
    __shared__ Accumulator window[Slice + LargestTile];  // read at consecutive addresses: no bank conflicts
    const int tile = blockDim.x * Outputs;
    const int tileCount = (plan.outputLength + tile - 1) / tile;
    const int groupCount = (plan.filterCount + Filters - 1) / Filters;
    const int start = int(blockIdx.x % tileCount) * tile;
    const int firstFilter = int(blockIdx.x / tileCount % groupCount) * Filters;
    const Int64 row = blockIdx.x / tileCount / groupCount;  // clip and channel
    const int own = threadIdx.x * Outputs;

    const float* filter[Filters];
    int longest = 0;
    for (int b = 0; b < Filters; b++) {
        const int index = Minimum(firstFilter + b, plan.filterCount - 1);
        filter[b] = filters + (Int64)index * plan.tapCount;
        longest = Maximum(longest, tapCounts[index]);
    }

    Accumulator sum[Filters][Outputs] = {};
    for (int slice = plan.tapCount - longest; slice < plan.tapCount; slice += Slice) {
        const int count = Minimum(Slice, plan.tapCount - slice);
        __syncthreads();  // the reads of the previous slice | the writes of this one
        for (int i = threadIdx.x; i < count + tile; i += blockDim.x) {
            const int sample = start + slice + i;
            window[i] = sample < plan.length ? Accumulator(noise[row * plan.length + sample]) : Accumulator(0);
        }
        __syncthreads();  // the writes | the reads
        int tap = 0;
        for (; tap + Unroll <= count; tap += Unroll) AddTaps<Unroll>(sum, filter, slice + tap, window + own + tap);
        for (; tap < count; tap++) AddTaps<1>(sum, filter, slice + tap, window + own + tap);
    }

    const int last = Minimum(Filters, plan.filterCount - firstFilter);
    const Int64 clip = row / plan.channelCount;
    const Int64 firstColumn = (row - clip * plan.channelCount) * plan.filterCount + firstFilter;
    for (int t = 0; t < Outputs && start + own + t < plan.outputLength; t++) {
        const Int64 frame = clip * plan.outputLength + start + own + t;
        Scalar* to = y + frame * plan.channelCount * plan.filterCount + firstColumn;
        for (int b = 0; b < last; b++) to[b] = Scalar(sum[b][t] * Accumulator(scales[firstFilter + b]));
    }
}

KERNEL LowpassBankGradient(
    const Scalar* __restrict__ g, const float* __restrict__ filters, const float* __restrict__ scales,
    Scalar* __restrict__ d, Int64 elementCount, BankPlan plan)
{
    const int lane = threadIdx.x % WarpSize;
    const Int64 element = (Int64)blockIdx.x * (blockDim.x / WarpSize) + threadIdx.x / WarpSize;
    if (element >= elementCount) return;  // uniform across the warp, so that WarpSum below stays legal
    const int channel = int(element % plan.channelCount);
    const int sample = int(element / plan.channelCount % plan.length);
    const Int64 clip = element / plan.channelCount / plan.length;
    const int width = plan.channelCount * plan.filterCount;
    const Scalar* from = g + clip * plan.outputLength * width + channel * plan.filterCount;

    Accumulator sum = 0;
    const int end = Minimum(sample + 1, plan.outputLength);
    for (int t = Maximum(0, sample - plan.tapCount + 1); t < end; t++) {
        const float* weights = filters + (Int64)(sample - t) * plan.filterCount;
        const Scalar* upstream = from + (Int64)t * width;
        for (int b = lane; b < plan.filterCount; b += WarpSize) {
            sum += Accumulator(weights[b]) * Accumulator(scales[b]) * Accumulator(upstream[b]);
        }
    }
    sum = WarpSum(sum);
    if (lane == 0) d[element] = Scalar(sum);
}
