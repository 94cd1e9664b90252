// Adam: one step of Adam or AdamW over all parameters at once, and the moving average of the parameters.
//   nothing changes if the schedule says that the step is skipped (isApplied = 0); else
//   g = gradient scale, NaN replaced by 0, infinities by +-1e5
//   coupled decay:    g = g + weightDecay p
//   decoupled decay:  p = p (1 - learningRate weightDecay)
//   m = m + (1 - beta1) (g - m)
//   v = beta2 v + (1 - beta2) g^2
//   p = p - stepSize m / (sqrt(v) / rootOfBias2 + epsilon)
//   average = average + averageWeight (p - average)
//
//   AdamSchedule computes the schedule on the device, from the host's request and from whether the gradient is finite:
//   if not, the step is skipped and does not count towards t; else the gradient is divided by the loss scale
//
// Shapes   all: n elements, contiguous; schedule: [6], in device memory, so that a recorded step can be replayed with
//          other values: stepSize = learningRate / (1 - beta1^t), rootOfBias2 = sqrt(1 - beta2^t), decay,
//          averageWeight, scale, isApplied (0 or 1); request: [4], step number counting skipped ones, learningRate,
//          gradientScale, averageWeight; lossScale: [4], the state of LossScale.cu; skipped: [1], number of steps
// Types    float; request and skipped double
// Launch   one block for every ElementsPerBlock elements; any block size; isPacked where all addresses are multiples
//          of 16 bytes; AdamSchedule: one thread
// Cost     reads 4n and writes 3n, with an average 5n and 4n: bound by memory
// Source   Kingma and Ba 2015, algorithm 1; Loshchilov and Hutter 2019, algorithm 2
#include "Common/Prelude.cuh"
#include "Common/Elements.cuh"
#include "Common/Interpolate.cuh"

enum Decay { None, Coupled, Decoupled };

struct AdamConstants {
    float beta1Rest;  // 1 - beta1, rounded once from double
    float beta2;
    float beta2Rest;  // 1 - beta2
    float epsilon;
};

struct ScheduleConstants {
    double beta1;
    double beta2;
    double weightDecay;
    int isDecoupled;
};

constexpr float LargestFloat = 3.402823466e38f;

DEVICE float Sanitize(float x, float bound)
{
    return x != x ? 0 : x > LargestFloat ? bound : x < -LargestFloat ? -bound : x;
}

KERNEL Adam(
    const float* __restrict__ gradient, const float* __restrict__ schedule, float* __restrict__ parameter,
    float* __restrict__ firstMoment, float* __restrict__ secondMoment, float* __restrict__ average, Int64 count,
    int isPacked, AdamConstants constants)
{
    const float stepSize = schedule[0];
    const float rootOfBias2 = schedule[1];
    const float decay = schedule[2];
    const float averageWeight = schedule[3];
    const float scale = schedule[4];
    if (schedule[5] == 0) return;  // uniform across the grid, and no barrier follows
    ForEachElement<PackLength<float>>(count, isPacked, [=](auto width, Int64 i) {
        const Pack<width.Value, float> gradients = LoadPack<width.Value>(gradient + i);
        Pack<width.Value, float> parameters = LoadPack<width.Value>(parameter + i);
        Pack<width.Value, float> firstMoments = LoadPack<width.Value>(firstMoment + i);
        Pack<width.Value, float> secondMoments = LoadPack<width.Value>(secondMoment + i);
        width.ForEach([&](int k) {
            float p = parameters.value[k];
            float g = Sanitize(gradients.value[k] * scale, 1e5f);
            if (WeightDecay == Coupled) g += decay * p;
            if (WeightDecay == Decoupled) p *= decay;
            const float m = firstMoments.value[k] + constants.beta1Rest * (g - firstMoments.value[k]);
            const float v = constants.beta2 * secondMoments.value[k] + constants.beta2Rest * (g * g);
            parameters.value[k] = p - stepSize * m / (Sqrt(v) / rootOfBias2 + constants.epsilon);
            firstMoments.value[k] = m;
            secondMoments.value[k] = v;
        });
        StorePack(parameter + i, parameters);
        StorePack(firstMoment + i, firstMoments);
        StorePack(secondMoment + i, secondMoments);
        if constexpr (HasAverage) {
            Pack<width.Value, float> averages = LoadPack<width.Value>(average + i);
            width.ForEach([&](int k) {
                averages.value[k] = Interpolate(averages.value[k], parameters.value[k], averageWeight);
            });
            StorePack(average + i, averages);
        }
    });
}

// base^exponent for a base in [0, 1).
DEVICE double Power(double base, double exponent) { return base > 0 ? Exp(exponent * Log(base)) : 0; }

KERNEL AdamSchedule(
    const double* __restrict__ request, const float* __restrict__ lossScale, double* __restrict__ skipped,
    float* __restrict__ schedule, ScheduleConstants constants)
{
    if (threadIdx.x > 0) return;
    const bool isFinite = lossScale[2] > 0;
    if (!isFinite) skipped[0] += 1;
    const double step = request[0] - skipped[0];
    const double learningRate = request[1];
    const double decay = constants.weightDecay;
    schedule[0] = float(learningRate / (1 - Power(constants.beta1, step)));
    schedule[1] = float(Sqrt(1 - Power(constants.beta2, step)));
    schedule[2] = float(constants.isDecoupled ? 1 - learningRate * decay : decay);
    schedule[3] = float(request[3]);
    schedule[4] = float(request[2] / lossScale[0]);
    schedule[5] = isFinite ? 1 : 0;
}
