// Interpolate: linear interpolation between two numbers.
#pragma once

// From one number (weight 0) to another (weight 1); exact at both ends, because it starts at the nearer one.
template <typename T> DEVICE T Interpolate(T from, T to, T weight)
{
    return weight < T(0.5) ? from + weight * (to - from) : to - (to - from) * (T(1) - weight);
}
