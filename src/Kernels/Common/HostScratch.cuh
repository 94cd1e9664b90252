// HostScratch: scratch memory of one CPU thread, for kernels that run on the CPU alone. It only grows, is aligned to a
// cache line, and holds nothing from one block to the next.
#pragma once

#include <cstdlib>

DEVICE Scalar* Scratch(size_t count)
{
    constexpr size_t Line = 64;
    struct Area {
        Scalar* memory = nullptr;
        size_t count = 0;
        ~Area() { free(memory); }
    };
    static thread_local Area area;
    if (area.count < count) {
        free(area.memory);
        area.memory = static_cast<Scalar*>(aligned_alloc(Line, (count * sizeof(Scalar) + Line - 1) / Line * Line));
        area.count = count;
    }
    return area.memory;
}
