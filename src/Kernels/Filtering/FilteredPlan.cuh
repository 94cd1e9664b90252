// FilteredPlan: shared by the two kernels of FilteredLeakyRelu: the plan, and the alignment of filters and samples
// along an axis. With zeros between and around the samples x and outside the intermediate v,
//   v[r] = sum over k of first[k] u[r + k - beforeUp],  u[l Up] = x[l]
//   y[q] = sum over k of second[k] v[q Down + k - beforeDown]
// A planar filter, one over both axes together, sums over rows and columns in the same way.
//
// Tap counts are compiled in, UpTaps and DownTaps along both axes, as whole phases; shorter filters are zero-padded.
//
// Positions (indices of v) form groups of Up that use the same samples: group s uses samples s ... s + UpDepth - 1; its
// position of phase j is beforeUp + (s - 1) Up + 1 + j, where tap Up - 1 - j + Up i falls on sample s + i.
#pragma once

static_assert(UpTaps % Up == 0 && DownTaps % Down == 0, "a filter has whole phases");
constexpr int UpDepth = UpTaps / Up;        // samples under the first filter
constexpr int DownDepth = DownTaps / Down;  // outputs that a position of v is part of

enum FilteredMode { Plain = 0, WritesSigns = 1, ReadsSigns = 2 };

struct FilteredAxis {
    int length;        // of x
    int middleLength;  // of v
    int outputLength;  // of y
    int beforeUp, beforeDown;
    int firstTaps, secondTaps;  // actual taps of the filters, before padding to whole phases
};

struct FilteredPlan {
    FilteredAxis rows, columns;
    int channels;
    int tileRows, tileColumns;  // outputs of a block
    int isFlipped;
    int mode;
    double firstGain, secondGain;  // of both axes together
    float slope;
    float limit;
    float lowerLimit;  // clamped value of a v that is not positive: limit if slope is negative, else -limit
};

DEVICE int FloorQuotient(int value, int divisor)
{
    return value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor);
}

// The group that a position of v is in.
DEVICE int GroupOf(const FilteredAxis& axis, int position) { return -FloorQuotient(axis.beforeUp - position, Up); }

DEVICE int FirstOfGroup(const FilteredAxis& axis, int group) { return axis.beforeUp + (group - 1) * Up + 1; }

// The first position of v under an output; the last is DownTaps - 1 further.
DEVICE int FirstUnder(const FilteredAxis& axis, int output) { return output * Down - axis.beforeDown; }

// A block writes the signs from the first position under its first output up to the first position under the next
// block's first output, so that each is written once.
DEVICE int FirstOwned(const FilteredAxis& axis, int firstOutput)
{
    return firstOutput == 0 ? 0 : FirstUnder(axis, firstOutput);
}

DEVICE int EndOwned(const FilteredAxis& axis, int endOutput)
{
    return endOutput == axis.outputLength ? axis.middleLength : FirstUnder(axis, endOutput);
}

// The tap that falls on the k-th element under the filter; a null filter is a single tap of 1.
DEVICE float TapOf(const float* filter, int tapCount, int k, bool isFlipped)
{
    if (k >= tapCount) return 0;
    return filter == nullptr ? 1.0f : filter[isFlipped ? k : tapCount - 1 - k];
}

// The same for a planar filter, at the k-th row and the l-th column.
DEVICE float PlanarTapOf(const float* filter, int rowCount, int columnCount, int k, int l, bool isFlipped)
{
    if (k >= rowCount || l >= columnCount) return 0;
    const int index = k * columnCount + l;
    return filter[isFlipped ? index : rowCount * columnCount - 1 - index];
}
