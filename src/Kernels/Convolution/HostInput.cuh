// HostInput: the activations of a convolution on the CPU, scaled as they are loaded if there are scales.
#pragma once
#include "Convolution/Plan.cuh"

struct Input {
    const Scalar* x;
    const Scalar* scales;  // [N, T or 1, C], or null
    int scaleFrames;       // T or 1
};

// The scales of a frame's channels, from the group's first on; null if there are no scales or no such frame.
DEVICE const Scalar* ScalesOf(const Plan& plan, const Input& input, int clip, int t, int group)
{
    if (input.scales == nullptr || t < 0 || t >= plan.inT) return nullptr;
    const Int64 frame = Int64(clip) * input.scaleFrames + (input.scaleFrames == 1 ? 0 : t);
    return input.scales + (frame * plan.groups + group) * plan.inGroup;
}

// Scales neighbouring columns with contiguous channels.
DEVICE void ScaleColumns(Scalar* columns, int count, const Scalar* scales, int channels)
{
    if (scales == nullptr) return;
    for (int column = 0; column < count; column++, columns += channels) {
        for (int c = 0; c < channels; c++) columns[c] *= scales[c];
    }
}
