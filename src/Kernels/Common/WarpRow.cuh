// WarpRow: matrix rows that are read several times, in packs. RowLanes neighbouring lanes share a row, the fewest
// that can hold it, so that a warp takes several short rows at once. Each lane holds HeldPacks packs of its row in
// registers: their loads are in flight together, and none is repeated. A row too long to hold (HeldPacks is 0) gets a
// whole warp and is re-read each time, from cache. On the host device, which has one thread, it is a plain loop. The
// launcher chooses both numbers (WarpRow.cs).
//   RowSum, RowMaximum         over the lanes of a row; every lane of the warp must take part, and all get the result
//   WithRow(count, lane, load, act)   calls act(row) for a row of count elements, of which load(c) reads elements c to
//                              c + PackWidth - 1; lanes without a row pass a count of 0
//   row.ForEach(body)          calls body(c, read) for the lane's packs, in their order
//   row.ForEachNumbered(body)  calls body(k, c, read): k is the index of the held pack, or 0
//   Row::IsHeld                whether a body's changes to `read` persist until the next call
#pragma once
#include "Common/Pack.cuh"
#include "Common/Warp.cuh"  // LaneSum, LaneMaximum

template <typename T> DEVICE T RowSum(T value) { return LaneSum<RowLanes>(value); }

template <typename T> DEVICE T RowMaximum(T value) { return LaneMaximum<RowLanes>(value); }

// Loads a pack and converts its elements.
template <typename Element> DEVICE Pack<PackWidth, Element> LoadAs(const Scalar* from)
{
    const Pack<PackWidth> pack = LoadPack<PackWidth>(from);
    Pack<PackWidth, Element> converted;
    for (int i = 0; i < PackWidth; i++) converted.value[i] = Element(pack.value[i]);
    return converted;
}

template <typename Read, int Packs> struct HeldRow {
    static constexpr bool IsHeld = true;
    int count, lane;
    Read read[Packs];

    template <typename Body> MEMBER void ForEachNumbered(Body body)
    {
#pragma unroll
        for (int k = 0; k < Packs; k++) {
            const int c = (k * RowLanes + lane) * PackWidth;
            if (c < count) body(k, c, read[k]);
        }
    }

    template <typename Body> MEMBER void ForEach(Body body)
    {
        ForEachNumbered([=](int, int c, Read& read) { body(c, read); });
    }
};

template <typename Read, typename Load> struct StreamedRow {
    static constexpr bool IsHeld = false;
    int count, lane;
    Load load;

    template <typename Body> MEMBER void ForEach(Body body)
    {
        for (int c = lane * PackWidth; c < count; c += RowLanes * PackWidth) {
            Read read = load(c);
            body(c, read);
        }
    }

    template <typename Body> MEMBER void ForEachNumbered(Body body)
    {
        ForEach([=](int c, Read& read) { body(0, c, read); });
    }
};

template <typename Load, typename Act> DEVICE void WithRow(int count, int lane, Load load, Act act)
{
    using Read = decltype(load(0));
    if constexpr (HeldPacks > 0) {
        HeldRow<Read, HeldPacks> row = {count, lane};
        row.ForEach([=](int c, Read& read) { read = load(c); });
        act(row);
    } else {
        StreamedRow<Read, Load> row = {count, lane, load};
        act(row);
    }
}
