// WarpRow: rows of matrices that a warp meets several times, in packs. The lanes keep what they read of a short one in
// registers: its loads are under way together, and none is made twice. A longer one is read anew each time, from cache.
// On the host device, which has one thread, it is a plain loop.
//   WithRow(count, lane, load, act)   calls act(row) for a row of so many elements, load(c) being what is read of
//                              elements c to c + PackWidth - 1
//   row.ForEach(body)          calls body(c, read) for the lane's packs, in their order
//   Row::IsHeld                whether what a body changes is there at the next call
#pragma once
#include "Common/Pack.cuh"

constexpr int HeldPacks = PackWidth < 4 ? 8 : 32 / PackWidth;  // of a lane

// The elements of a pack as others.
template <typename Element> DEVICE Pack<PackWidth, Element> LoadAs(const Scalar* from)
{
    const Pack<PackWidth> pack = LoadPack<PackWidth>(from);
    Pack<PackWidth, Element> converted;
    for (int i = 0; i < PackWidth; i++) converted.value[i] = Element(pack.value[i]);
    return converted;
}

template <typename Read> struct HeldRow {
    static constexpr bool IsHeld = true;
    int count, lane;
    Read read[HeldPacks];

    template <typename Body> MEMBER void ForEach(Body body)
    {
#pragma unroll
        for (int k = 0; k < HeldPacks; k++) {
            const int c = (k * WarpSize + lane) * PackWidth;
            if (c < count) body(c, read[k]);
        }
    }
};

template <typename Read, typename Load> struct StreamedRow {
    static constexpr bool IsHeld = false;
    int count, lane;
    Load load;

    template <typename Body> MEMBER void ForEach(Body body)
    {
        for (int c = lane * PackWidth; c < count; c += WarpSize * PackWidth) {
            Read read = load(c);
            body(c, read);
        }
    }
};

template <typename Load, typename Act> DEVICE void WithRow(int count, int lane, Load load, Act act)
{
    using Read = decltype(load(0));
    if constexpr (WarpSize > 1) {
        if (count <= HeldPacks * WarpSize * PackWidth) {
            HeldRow<Read> row = {count, lane};
#pragma unroll
            for (int k = 0; k < HeldPacks; k++) {
                const int c = (k * WarpSize + lane) * PackWidth;
                if (c < count) row.read[k] = load(c);
            }
            act(row);
            return;
        }
    }
    StreamedRow<Read, Load> row = {count, lane, load};
    act(row);
}
