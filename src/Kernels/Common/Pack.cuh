// Pack: neighbouring elements that are loaded and stored together, in one vectorised instruction if they have 8 or 16
// bytes. The address must be a multiple of the pack's size.
#pragma once

template <int Width, typename Element = Scalar> struct alignas(sizeof(Element) * Width) Pack { Element value[Width]; };

// Elements of the widest load, 16 bytes.
template <typename Element> constexpr int PackLength = 16 / sizeof(Element);

// A compile-time number of elements, passed as an argument.
template <int value> struct Count {
    static constexpr int Value = value;

    // Calls body(k) for k = 0 to value - 1. With g++, a loop of one iteration around branches stays a loop, and keeps
    // the enclosing loop from being vectorised.
    template <typename Body> static MEMBER void ForEach(Body body)
    {
        if constexpr (value == 1) {
            body(0);
        } else {
#pragma unroll
            for (int k = 0; k < value; k++) body(k);
        }
    }
};

template <int Width, typename Element> DEVICE Pack<Width, Element> LoadPack(const Element* from)
{
    return *reinterpret_cast<const Pack<Width, Element>*>(from);
}

// The type of the words that hold this many bytes.
template <int bytes> struct WordOf { using Type = unsigned; };
template <> struct WordOf<2> { using Type = UInt16; };

// A pack as stored in memory, unpacked only where its elements are needed. Left to itself, a device compiler unpacks
// 16-bit elements within the branch that loads them, which makes the branch wait for the load.
template <int Width, typename Element = Scalar> struct RawPack {
    using Word = typename WordOf<sizeof(Element) * Width>::Type;
    using Words = Pack<sizeof(Element) * Width / sizeof(Word), Word>;
    Words words;

    MEMBER void Load(const Element* from) { words = *reinterpret_cast<const Words*>(from); }
    MEMBER Pack<Width, Element> Unpack() const
    {
        if constexpr (sizeof(Element) == 2 && Width > 1) {
            Pack<Width, Element> pack;
            Count<Width>::ForEach([&](int k) { pack.value[k].bits = UInt16(words.value[k / 2] >> k % 2 * 16); });
            return pack;
        } else {
            union { Words words; Pack<Width, Element> pack; } bits = {words};
            return bits.pack;
        }
    }
};

// Stores to global memory only.
#if defined(GK_HOST) || defined(GK_SIMT)
template <int Width, typename Element> DEVICE void StorePack(Element* to, const Pack<Width, Element>& pack)
{
#if defined(GK_SIMT)
    Fibers::RequireGlobal(to, "store of a pack");
#endif
    *reinterpret_cast<Pack<Width, Element>*>(to) = pack;
}
#else
// The instruction is spelled out: in a loop over rows, the device compiler would otherwise split the pack and store
// each element separately, at a third of the speed.
template <int Width, typename Element> DEVICE void StorePack(Element* to, const Pack<Width, Element>& pack)
{
    constexpr int Bytes = sizeof(pack);
    union { Pack<Width, Element> pack; unsigned word[(Bytes + 3) / 4]; } bits = {pack};
    if constexpr (Bytes % 16 == 0) {
#pragma unroll
        for (int first = 0; first < Bytes / 4; first += 4) {
            asm volatile("{ .reg .u64 to; cvta.to.global.u64 to, %0; st.global.v4.b32 [to], {%1, %2, %3, %4}; }" ::
                             "l"(reinterpret_cast<unsigned*>(to) + first), "r"(bits.word[first]),
                             "r"(bits.word[first + 1]), "r"(bits.word[first + 2]), "r"(bits.word[first + 3])
                         : "memory");
        }
    } else if constexpr (Bytes == 8) {
        asm volatile("{ .reg .u64 to; cvta.to.global.u64 to, %0; st.global.v2.b32 [to], {%1, %2}; }" ::
                         "l"(to), "r"(bits.word[0]), "r"(bits.word[1])
                     : "memory");
    } else {
        *reinterpret_cast<Pack<Width, Element>*>(to) = pack;
    }
}
#endif
