// Pack: neighbouring elements that are loaded and stored together, in one instruction where their bytes are those of a
// register pair or quad. The address must be a multiple of the pack's size.
#pragma once

template <int Width> struct alignas(sizeof(Scalar) * Width) Pack { Scalar value[Width]; };

template <int Width> DEVICE Pack<Width> LoadPack(const Scalar* from)
{
    return *reinterpret_cast<const Pack<Width>*>(from);
}

template <int Width> DEVICE void StorePack(Scalar* to, const Pack<Width>& pack)
{
    *reinterpret_cast<Pack<Width>*>(to) = pack;
}
