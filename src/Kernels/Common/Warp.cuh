// Warp: sums and maxima over the lanes of a warp. Every lane must take part, and every lane gets the result; on the
// host device a warp is one thread, and they return their argument.
#pragma once

DEVICE float ShuffleXor(float value, int mask) { return BitsToFloat(ShuffleXorBits(FloatToBits(value), mask)); }

DEVICE double ShuffleXor(double value, int mask)
{
    const UInt64 bits = DoubleToBits(value);
    const UInt64 low = ShuffleXorBits(unsigned(bits), mask);
    const UInt64 high = ShuffleXorBits(unsigned(bits >> 32), mask);
    return BitsToDouble(high << 32 | low);
}

// The sum over `Lanes` neighbouring lanes, a power of two. The order of the additions is fixed, so that the same input
// gives the same bits.
template <int Lanes, typename T> DEVICE T LaneSum(T value)
{
    for (int mask = Lanes / 2; mask > 0; mask /= 2) value += ShuffleXor(value, mask);
    return value;
}

template <typename T> DEVICE T WarpSum(T value) { return LaneSum<WarpSize>(value); }

// The greatest over `Lanes` neighbouring lanes.
template <int Lanes, typename T> DEVICE T LaneMaximum(T value)
{
    for (int mask = Lanes / 2; mask > 0; mask /= 2) value = Maximum(value, ShuffleXor(value, mask));
    return value;
}

template <typename T> DEVICE T WarpMaximum(T value) { return LaneMaximum<WarpSize>(value); }
