// GroupElement: group norm of one element, and its gradient, given the moments of its group.
#pragma once

#include "Common/Pack.cuh"

// What an element's channel contributes: mean and scale = 1 / sqrt(variance + epsilon) of its group, and the channel's
// own weight and offset.
struct Channel {
    Accumulator mean, scale, weight, offset;
};

DEVICE Channel ChannelOf(
    const Pack<2, Accumulator>& moments, const Scalar* __restrict__ w, const Scalar* __restrict__ b, int c)
{
    return {moments.value[0], moments.value[1], w == nullptr ? Accumulator(1) : Accumulator(w[c]),
            b == nullptr ? Accumulator(0) : Accumulator(b[c])};
}

template <bool isSilu> DEVICE Scalar Normalised(Accumulator x, Accumulator mean, Accumulator scale, Accumulator offset)
{
    const Accumulator z = (x - mean) * scale + offset;
    return Scalar(isSilu ? z * Sigmoid(z) : z);
}

// The normalised element h, and the gradient dz before SiLU.
struct Upstream {
    Accumulator h, dz;
};

template <bool isSilu> DEVICE Upstream UpstreamOf(Accumulator x, Accumulator dy, const Channel& channel)
{
    const Accumulator h = (x - channel.mean) * channel.scale;
    if (!isSilu) return {h, dy};
    const Accumulator z = h * channel.weight + channel.offset;
    const Accumulator sigma = Sigmoid(z);
    return {h, dy * sigma * (1 + z * (1 - sigma))};
}

// dx, given the means of w dz and of w dz h over the group.
template <bool isSilu> DEVICE Accumulator GradientOf(
    Accumulator x, Accumulator dy, const Channel& channel, Accumulator dzMean, Accumulator dzhMean)
{
    const Upstream at = UpstreamOf<isSilu>(x, dy, channel);
    return channel.scale * (channel.weight * at.dz - dzMean - at.h * dzhMean);
}

// db and dw of a channel, from each sample's sums of dz and of dz h, [N, 2, C]; either is null if not requested.
DEVICE void AddSamples(
    const Accumulator* __restrict__ sums, int sampleCount, int channelCount, int c, Scalar* __restrict__ dw,
    Scalar* __restrict__ db)
{
    Accumulator dz = 0, dzh = 0;
    for (int sample = 0; sample < sampleCount; sample++) {
        dz += sums[Int64(sample) * 2 * channelCount + c];
        dzh += sums[(Int64(sample) * 2 + 1) * channelCount + c];
    }
    if (db != nullptr) db[c] = Scalar(dz);
    if (dw != nullptr) dw[c] = Scalar(dzh);
}
