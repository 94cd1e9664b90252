// LossScale: dynamic loss scaling; checks whether gradients are finite, and sets the scale of the next step.
//   LossScaleCheck, LossScaleReduce:  isFinite = isFinite and no element is a NaN or an infinity
//   LossScaleUpdate:  after `interval` finite steps in a row  scale = min(scale growth, largest)
//                     after one that is not finite            scale = max(scale backoff, smallest), skipped += 1
//                     isFinite = 1
//
// Shapes   gradient: n elements; partial: one number per block of the check; state: [4], in device memory, so that a
//          recorded step replays without the host: scale, finite steps since it changed, isFinite (0 or 1), skipped
// Types    float
// Launch   check: one block for every ElementsPerBlock elements; join: one block; both of any size; update: one thread
// Cost     reads n: bound by memory
// Source   Micikevicius et al. 2018, Mixed Precision Training, section 3.2 and the automatic scaling after it
#include "Common/Prelude.cuh"
#include "Common/Block.cuh"

constexpr unsigned InfinityBits = 0x7F800000u;

struct LossScaleConstants {
    float growth;
    float backoff;
    float interval;
    float smallest;
    float largest;
};

KERNEL LossScaleCheck(const float* __restrict__ gradient, float* __restrict__ partial, Int64 count)
{
    const Int64 begin = (Int64)blockIdx.x * ElementsPerBlock;
    const Int64 end = Minimum(count, begin + ElementsPerBlock);
    unsigned largest = 0;  // magnitude: the bit patterns order like the values, with NaN above infinity
    for (Int64 i = begin + threadIdx.x; i < end; i += blockDim.x) {
        largest = Maximum(largest, FloatToBits(gradient[i]) & 0x7FFFFFFFu);
    }
    const float isInfinite = BlockMaximum(largest >= InfinityBits ? 1.0f : 0.0f);
    if (threadIdx.x == 0) partial[blockIdx.x] = isInfinite;
}

KERNEL LossScaleReduce(const float* __restrict__ partial, float* __restrict__ state, Int64 count)
{
    float isInfinite = 0;
    for (Int64 i = threadIdx.x; i < count; i += blockDim.x) isInfinite = Maximum(isInfinite, partial[i]);
    isInfinite = BlockMaximum(isInfinite);
    if (threadIdx.x == 0 && isInfinite > 0) state[2] = 0;
}

KERNEL LossScaleUpdate(float* __restrict__ state, LossScaleConstants constants)
{
    if (threadIdx.x > 0) return;
    const bool isFinite = state[2] > 0;
    const float steps = isFinite ? state[1] + 1 : 0;
    const bool grows = steps >= constants.interval;
    if (!isFinite) {
        state[0] = Maximum(state[0] * constants.backoff, constants.smallest);
        state[3] += 1;
    }
    if (grows) state[0] = Minimum(state[0] * constants.growth, constants.largest);
    state[1] = grows ? 0 : steps;
    state[2] = 1;
}
