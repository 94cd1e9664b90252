// HostFilter: the filter passes of FilteredLeakyReluHost over rows of vectors: four along one axis each, two of which a
// planar filter replaces by one. Rates and tap counts are compile-time constants, so that sums over taps are unrolled
// and stuffed zeros are never multiplied.
#pragma once

// Taps in the order of the samples that they multiply. Gains are folded into planar taps and those across columns.
struct Taps {
    Accumulator upRows[Up][UpDepth];  // [phase, sample]
    Accumulator upColumns[Up][UpDepth];
    Accumulator upPlane[Up][UpDepth][Up][UpDepth];  // [phase, sample] vertically, then horizontally
    Accumulator downColumns[DownTaps];
    Accumulator downRows[DownTaps];
    Accumulator downPlane[DownTaps][DownTaps];
};

// A sign code has a bit for each lane that is not positive and, from bit 16 on, one for each lane that is clamped.
constexpr unsigned AllClamped = 0xFFFF0000u;

// Neighbouring outputs summed together, so that inputs they share are loaded once.
constexpr int Neighbours = Down >= 4 ? 2 : 4;
constexpr int NeighbourGroups = Up >= 4 ? 1 : Up == 1 ? 8 : 4;  // groups of positions, for a planar filter

DEVICE Taps TapsOf(const float* first, const float* second, const FilteredPlan& plan)
{
    Taps taps;
    const FilteredAxis &rows = plan.rows, &columns = plan.columns;
    const Accumulator firstGain = plan.firstGain, secondGain = plan.secondGain;
    for (int k = 0; k < UpTaps; k++) {
        const int phase = Up - 1 - k % Up, sample = k / Up;
        if (IsUpPlanar) {
            for (int l = 0; l < UpTaps; l++) {
                const Accumulator tap = PlanarTapOf(first, rows.firstTaps, columns.firstTaps, k, l, plan.isFlipped);
                taps.upPlane[phase][sample][Up - 1 - l % Up][l / Up] = tap * firstGain;
            }
        } else {
            const Accumulator tap = TapOf(first, columns.firstTaps, k, plan.isFlipped);
            taps.upRows[phase][sample] = tap;
            taps.upColumns[phase][sample] = tap * firstGain;
        }
    }
    for (int k = 0; k < DownTaps; k++) {
        if (IsDownPlanar) {
            for (int l = 0; l < DownTaps; l++) {
                const Accumulator tap = PlanarTapOf(second, rows.secondTaps, columns.secondTaps, k, l, plan.isFlipped);
                taps.downPlane[k][l] = tap * secondGain;
            }
        } else {
            const Accumulator tap = TapOf(second, columns.secondTaps, k, plan.isFlipped);
            taps.downRows[k] = tap;
            taps.downColumns[k] = tap * secondGain;
        }
    }
    return taps;
}

// Taps broadcast to all lanes, in a local copy that no store can alias, so that they stay in registers.
template <int Count> struct Spread {
    Vector taps[Count];
    MEMBER explicit Spread(const Accumulator* from)
    {
#pragma GCC unroll 64
        for (int k = 0; k < Count; k++) taps[k] = Vector{} + from[k];
    }
};

// Vertical pass of the first filter: the Up rows of a group of positions, from the rows of samples under them; `to` is
// [Up][count].
DEVICE void FilterUpRows(const Vector* const (&rows)[UpDepth], const Taps& taps, int count, Vector* to)
{
    const Spread<UpTaps> spread(taps.upRows[0]);
    const Vector* from[UpDepth];
#pragma GCC unroll 64
    for (int k = 0; k < UpDepth; k++) from[k] = rows[k];
    for (int i = 0; i < count; i++) {
        Vector sums[Up] = {};
#pragma GCC unroll 64
        for (int k = 0; k < UpDepth; k++) {
            const Vector sample = from[k][i];
#pragma GCC unroll 8
            for (int j = 0; j < Up; j++) sums[j] += sample * spread.taps[j * UpDepth + k];
        }
#pragma GCC unroll 8
        for (int j = 0; j < Up; j++) to[j * count + i] = sums[j];
    }
}

template <int Mode> DEVICE Vector Activate(Vector v, Accumulator slope, Accumulator limit, unsigned& code)
{
    if (Mode == ReadsSigns) return ZeroWhere(code >> 16, ScaleWhere(code, v, slope));
    const unsigned negative = NotPositive(v);
    v = ScaleWhere(negative, v, slope);
    if (Mode == WritesSigns) code = negative | NotWithin(v, limit) << 16;
    v = v > limit ? limit + Vector{} : v;
    return v < -limit ? -limit + Vector{} : v;
}

// Horizontal pass of the first filter: a row of positions, activated; `codes` is read or written according to the mode.
template <int Mode>
DEVICE void FilterUpColumns(
    const Vector* from, const Taps& taps, int groupCount, Accumulator slope, Accumulator limit, Vector* to,
    unsigned* codes)
{
    const Spread<UpTaps> spread(taps.upColumns[0]);
    for (int i = 0; i < groupCount; i++) {
        Vector sums[Up] = {};
#pragma GCC unroll 64
        for (int k = 0; k < UpDepth; k++) {
            const Vector sample = from[i + k];
#pragma GCC unroll 8
            for (int j = 0; j < Up; j++) sums[j] += sample * spread.taps[j * UpDepth + k];
        }
#pragma GCC unroll 8
        for (int j = 0; j < Up; j++) to[i * Up + j] = Activate<Mode>(sums[j], slope, limit, codes[i * Up + j]);
    }
}

// First filter if planar: Count neighbouring groups of positions, activated, in the row of phase j.
template <int Count, int Mode>
DEVICE void FilterUpGroups(
    const Vector* const (&rows)[UpDepth], const Taps& taps, int j, int group, Accumulator slope, Accumulator limit,
    Vector* to, unsigned* codes)
{
    Vector sums[Count][Up] = {};
    for (int k = 0; k < UpDepth; k++) {
        const Vector* from = rows[k] + group;
#pragma GCC unroll 64
        for (int l = 0; l < UpDepth + Count - 1; l++) {
            const Vector sample = from[l];
#pragma GCC unroll 8
            for (int g = 0; g < Count; g++) {
                if (l - g < 0 || l - g >= UpDepth) continue;
#pragma GCC unroll 8
                for (int i = 0; i < Up; i++) sums[g][i] += sample * taps.upPlane[j][k][i][l - g];
            }
        }
    }
#pragma GCC unroll 8
    for (int g = 0; g < Count; g++) {
#pragma GCC unroll 8
        for (int i = 0; i < Up; i++) {
            const int at = (group + g) * Up + i;
            to[at] = Activate<Mode>(sums[g][i], slope, limit, codes[at]);
        }
    }
}

template <int Mode>
DEVICE void FilterUpPlane(
    const Vector* const (&rows)[UpDepth], const Taps& taps, int j, int groupCount, Accumulator slope, Accumulator limit,
    Vector* to, unsigned* codes)
{
    int group = 0;
    for (; group + NeighbourGroups <= groupCount; group += NeighbourGroups) {
        FilterUpGroups<NeighbourGroups, Mode>(rows, taps, j, group, slope, limit, to, codes);
    }
    for (; group < groupCount; group++) FilterUpGroups<1, Mode>(rows, taps, j, group, slope, limit, to, codes);
}

// Adds the contribution of a row to Count neighbouring outputs across columns; a tap is a number or a broadcast vector.
template <int Count, typename Tap>
DEVICE void AddAcross(const Vector* from, const Tap (&taps)[DownTaps], Vector (&sum)[Count])
{
#pragma GCC unroll 64
    for (int k = 0; k < DownTaps + (Count - 1) * Down; k++) {
        const Vector value = from[k];
#pragma GCC unroll 8
        for (int p = 0; p < Count; p++) {
            const int tap = k - p * Down;
            if (tap >= 0 && tap < DownTaps) sum[p] += value * taps[tap];
        }
    }
}

// Horizontal pass of the second filter: Count neighbouring outputs.
template <int Count> DEVICE void SumColumns(const Vector* from, const Spread<DownTaps>& spread, Vector* to)
{
    Vector sum[Count] = {};
    AddAcross(from, spread.taps, sum);
    for (int p = 0; p < Count; p++) to[p] = sum[p];
}

DEVICE void FilterDownColumns(const Vector* from, const Taps& taps, int count, Vector* to)
{
    const Spread<DownTaps> spread(taps.downColumns);
    int i = 0;
    for (; i + Neighbours <= count; i += Neighbours) SumColumns<Neighbours>(from + i * Down, spread, to + i);
    for (; i < count; i++) SumColumns<1>(from + i * Down, spread, to + i);
}

// Vertical pass of the second filter: Count neighbouring outputs of a row, from the rows of positions under it.
template <int Count>
DEVICE void SumRows(const Vector* const (&rows)[DownTaps], const Spread<DownTaps>& spread, int i, Vector* to)
{
    Vector sum[Count] = {};
#pragma GCC unroll 64
    for (int k = 0; k < DownTaps; k++) {
        for (int p = 0; p < Count; p++) sum[p] += rows[k][i + p] * spread.taps[k];
    }
    for (int p = 0; p < Count; p++) to[p] = sum[p];
}

// Second filter if planar: the same outputs.
template <int Count>
DEVICE void SumPlane(const Vector* const (&rows)[DownTaps], const Taps& taps, int i, Vector* to)
{
    Vector sum[Count] = {};
    for (int k = 0; k < DownTaps; k++) AddAcross(rows[k] + i * Down, taps.downPlane[k], sum);
    for (int p = 0; p < Count; p++) to[p] = sum[p];
}
