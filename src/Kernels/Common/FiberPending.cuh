// FiberPending: asynchronous work that a kernel has issued and not yet waited for, on the simt device. Part of Fibers.
#pragma once

namespace Fibers {

constexpr int WarpgroupSize = 4 * WarpSize;
constexpr int MaximumCopies = 256;          // of a thread
constexpr int MaximumBoxes = 128;           // of a block
constexpr int MaximumMultiplications = 64;  // of a warpgroup
constexpr int MaximumHiddenSums = 4;        // of a warpgroup, with multiplications pending
constexpr int MaximumColumns = 256;

// An asynchronous copy into shared memory that was issued and not yet waited for.
struct Copy {
    char* to;
    const char* from;
    bool exists;  // otherwise zeros are written
    int group;
};

// Likewise a bulk copy, of a box of a tensor or of contiguous bytes; see FiberTma.
struct BoxCopy {
    char* to;
    const void* map;  // null where bytes are copied
    const void* barrier;
    const char* from;  // bytes
    int bytes;
    int at[5];
    int tap[3];
};

// The operands of a multiplication: descriptors, of x too unless it is in registers, and how they are read.
struct Operands {
    UInt64 x, w;
    int columns;
    bool isXMnMajor, isWMnMajor, isXInRegisters;
};

// A multiplication that was issued and not yet waited for.
struct Multiplication {
    Operands operands;
    int group;
    UInt64 digests[WarpgroupSize];  // of what each thread read when it was issued
    const unsigned* registers[WarpgroupSize];
};

// Sums with multiplications pending, a matrix of 64 rows: meanwhile, the threads' own sums are NaN.
struct HiddenSums {
    float* sums[WarpgroupSize];
    int columns;  // 0 where the place is free
    int group;    // of the last multiplication
    float values[64][MaximumColumns];
};

struct Warpgroup {
    int firstMultiplication;
    int multiplicationCount;
    int group;
    bool isFenced;  // since the last group
    Multiplication multiplications[MaximumMultiplications];
    HiddenSums hidden[MaximumHiddenSums];
};

}  // namespace Fibers
