// HostMaximum: the greatest of neighbouring elements, or a NaN among them, for the host's one thread. A single running
// maximum would not vectorise, as the compiler must keep the order of comparisons; one maximum for each lane does.
#pragma once

constexpr int MaximumLanes = 32;  // two of the widest CPU vectors, so that one need not wait for the other

// The greatest of map(x[i]); minus infinity if there is none.
template <typename Element, typename Map>
DEVICE Accumulator HostMaximum(const Element* __restrict__ x, int count, Map map)
{
    Accumulator largest[MaximumLanes];
    for (int lane = 0; lane < MaximumLanes; lane++) largest[lane] = Accumulator(-Infinity());
    int i = 0;
    for (; i + MaximumLanes <= count; i += MaximumLanes) {
        for (int lane = 0; lane < MaximumLanes; lane++) largest[lane] = Maximum(largest[lane], map(x[i + lane]));
    }
    for (int lane = 0; i + lane < count; lane++) largest[lane] = Maximum(largest[lane], map(x[i + lane]));
    for (int half = MaximumLanes / 2; half > 0; half /= 2) {
        for (int lane = 0; lane < half; lane++) largest[lane] = Maximum(largest[lane], largest[lane + half]);
    }
    return largest[0];
}
