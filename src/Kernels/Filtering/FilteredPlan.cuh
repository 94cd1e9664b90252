// FilteredPlan: what the two kernels of FilteredLeakyRelu have in common: the plan, and where on an axis a filter meets
// what. Along an axis, with zeros between and around the samples x and outside of the intermediate v,
//   v[r] = sum over k of first[k] u[r + k - beforeUp],  u[l Up] = x[l]
//   y[q] = sum over k of second[k] v[q Down + k - beforeDown]
// and where a filter is planar, one of both axes together, the same with a sum over rows and columns.
//
// Filters are compiled in with whole phases, UpTaps and DownTaps along both axes; what a filter has less is zeros.
//
// Places of v come in groups of Up that meet the same samples: group s meets samples s ... s + UpDepth - 1, its j-th
// place is beforeUp + (s - 1) Up + 1 + j, and there sample s + i meets tap Up - 1 - j + Up i.
#pragma once

static_assert(UpTaps % Up == 0 && DownTaps % Down == 0, "a filter has whole phases");
constexpr int UpDepth = UpTaps / Up;        // samples under the first filter
constexpr int DownDepth = DownTaps / Down;  // outputs that a place of v is part of

enum FilteredMode { Plain = 0, WritesSigns = 1, ReadsSigns = 2 };

struct FilteredAxis {
    int length;        // of x
    int middleLength;  // of v
    int outputLength;  // of y
    int beforeUp, beforeDown;
    int firstTaps, secondTaps;  // that the filters have
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
    float lowerLimit;  // of what was not positive: slope may turn it over
};

DEVICE int FloorQuotient(int value, int divisor)
{
    return value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor);
}

// The group that a place of v is in.
DEVICE int GroupOf(const FilteredAxis& axis, int place) { return -FloorQuotient(axis.beforeUp - place, Up); }

DEVICE int FirstOfGroup(const FilteredAxis& axis, int group) { return axis.beforeUp + (group - 1) * Up + 1; }

// The first place of v under an output; the last is DownTaps - 1 further.
DEVICE int FirstUnder(const FilteredAxis& axis, int output) { return output * Down - axis.beforeDown; }

// A block writes the signs of the places between the first ones under its first output and under that of the next
// block, so that each is written once.
DEVICE int FirstOwned(const FilteredAxis& axis, int firstOutput)
{
    return firstOutput == 0 ? 0 : FirstUnder(axis, firstOutput);
}

DEVICE int EndOwned(const FilteredAxis& axis, int endOutput)
{
    return endOutput == axis.outputLength ? axis.middleLength : FirstUnder(axis, endOutput);
}

// The tap that meets the k-th place from the first; null is a filter of one tap that is 1.
DEVICE float TapOf(const float* filter, int tapCount, int k, bool isFlipped)
{
    if (k >= tapCount) return 0;
    return filter == nullptr ? 1.0f : filter[isFlipped ? k : tapCount - 1 - k];
}

// The same of a planar filter, at the k-th row and the l-th column.
DEVICE float PlanarTapOf(const float* filter, int rowCount, int columnCount, int k, int l, bool isFlipped)
{
    if (k >= rowCount || l >= columnCount) return 0;
    const int index = k * columnCount + l;
    return filter[isFlipped ? index : rowCount * columnCount - 1 - index];
}
