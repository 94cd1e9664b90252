// TensorTile: a block's tile of a matrix product on tensor cores: slices of both operands stream through a ring in
// shared memory while the warps multiply the slices that are there.
//   sums[m,n] += sum over k of x[m,k] w[k,n], for TileRows x TileColumns of the result
//
// The block's variant: TileRows, TileColumns; WarpsDown, WarpsAcross, the warps that share the tile out; Stages, the
// slices in the ring. A slice is 64 bytes deep.
//
// With HasScales, each k of w is multiplied by a number of its own, which the x source brings: 64 bytes a slice after
// both operands. It is done to w's registers on their way to the tensor cores, since a warp has fewer of those than of
// x's, and leaves w in shared memory as it came.
//
// Shared   An operand lies in memory along the depth (its rows are those of the tile) or across it (its rows are
//          those of the slice). Either way rows are cut into chunks of 16 bytes, and a chunk c of row r is put at place
//          c ^ f(r), so that the 8 chunks that the lanes read at once, one below the other, lie in different banks:
//          along, 64-byte rows: f(r) = r / 2 % 4, two rows of four chunks are 128 bytes; across, rows of 128 bytes or a
//          multiple: f(r) = r % 8. 32-bit elements across cannot be transposed by a load of matrices: lanes read them
//          one by one, 4 rows of 8 neighbours, and f(r) = 2 (r % 4) parts them.
// Registers  every loop over fragments or chunks is unrolled, or their arrays would lie in memory
// Order    of the additions: along the depth, from the first to the last, whatever the tile and the stages
// Source   the pipelines of CUTLASS, Thakkar et al. 2023, and of Boehm 2022; the swizzle from the banks' arithmetic
#pragma once
#include "Common/Mma.cuh"

#if !defined(HasScales)
#define HasScales 0
#endif

constexpr int TileThreads = 32 * WarpsDown * WarpsAcross;
constexpr int SliceDepth = 64 / sizeof(Scalar);
constexpr int ChunkLength = 16 / sizeof(Scalar);
constexpr int WarpRows = TileRows / WarpsDown;
constexpr int WarpColumns = TileColumns / WarpsAcross;
constexpr int XFragments = WarpRows / 16;
constexpr int WFragments = WarpColumns / 8;
constexpr int XBytes = TileRows * 64;
constexpr int ScalesAt = (TileRows + TileColumns) * 64;  // in a slice
constexpr int StageBytes = ScalesAt + HasScales * 64;
constexpr int SumStride = TileColumns + 8;  // so that the rows that a warp's lanes write at once lie in different banks

static_assert(WarpRows % 16 == 0 && WarpColumns % 16 == 0, "a warp has whole fragments");

// The sums of a thread: of its warp's fragments.
struct TileSums { FragmentSum of[XFragments][WFragments]; };

// An operand's slice in shared memory; Size is the tile's extent.
template <int Size, bool IsAlong> struct Slice {
    static constexpr int ChunksOfRow = IsAlong ? 4 : Size / ChunkLength;
    static constexpr int ChunksOfThread = Size * 4 / TileThreads;
    static_assert(Size * 4 % TileThreads == 0 && ChunksOfThread > 0, "every thread copies as many chunks");

    // The byte where a chunk of a row lies.
    static MEMBER int Place(int row, int chunk)
    {
        const int turn = IsAlong ? row / 2 % 4 : sizeof(Scalar) == 2 ? row % 8 : row % 4 * 2;
        return (row * ChunksOfRow + (chunk ^ turn)) * 16;
    }

    // Row and chunk of the index-th chunk that this thread copies.
    static MEMBER int Row(int index) { return (int(threadIdx.x) + index * TileThreads) / ChunksOfRow; }
    static MEMBER int Chunk(int index) { return (int(threadIdx.x) + index * TileThreads) % ChunksOfRow; }
};

// Brings count elements, at most a chunk, and zeros after them; asynchronously where the source is aligned.
DEVICE void BringChunk(char* target, const Scalar* source, int count, bool isAligned)
{
    if (isAligned) {
        CopyAsync(target, source, count * int(sizeof(Scalar)));
        return;
    }
    Scalar* elements = reinterpret_cast<Scalar*>(target);
    for (int index = 0; index < ChunkLength; index++) elements[index] = index < count ? source[index] : Scalar(0);
}

// Brings slices of a matrix in memory: rows of the tile that lie along the depth, or rows of the depth across.
template <int Size, bool IsAlong> struct MatrixSource {
    using Own = Slice<Size, IsAlong>;
    const Scalar* start;
    Int64 stride;
    int depth;
    bool isAligned;
    Int64 offsets[Own::ChunksOfThread];
    int lengths[Own::ChunksOfThread];  // elements of the chunk within the tile's extent, while the depth lasts

    // A tile that begins at first of extent, in a matrix of that extent and depth with so many elements a row.
    MEMBER MatrixSource(const Scalar* matrix, Int64 rowStride, int first, int extent, int fullDepth, bool aligned)
        : start(matrix), stride(rowStride), depth(fullDepth), isAligned(aligned)
    {
#pragma unroll
        for (int index = 0; index < Own::ChunksOfThread; index++) {
            const int row = Own::Row(index), element = Own::Chunk(index) * ChunkLength;
            const int left = extent - first - (IsAlong ? row : element);
            lengths[index] = left <= 0 ? 0 : IsAlong ? ChunkLength : Minimum(left, ChunkLength);
            offsets[index] = IsAlong ? (first + row) * rowStride + element : row * rowStride + first + element;
        }
    }

    MEMBER void Bring(char* slice, int number)
    {
#pragma unroll
        for (int index = 0; index < Own::ChunksOfThread; index++) {
            const int row = Own::Row(index), chunk = Own::Chunk(index);
            const int left = depth - number * SliceDepth - (IsAlong ? chunk * ChunkLength : row);
            const int count = left <= 0 ? 0 : IsAlong ? Minimum(left, lengths[index]) : lengths[index];
            const Int64 offset = offsets[index] + number * (IsAlong ? SliceDepth : SliceDepth * stride);
            BringChunk(slice + Own::Place(row, chunk), start + (count > 0 ? offset : 0), count, isAligned);
        }
    }
};

DEVICE unsigned SharedElement(const char* slice, int place, int element)
{
    return RoundToTf32(reinterpret_cast<const float*>(slice + place)[element]);
}

template <int Count> DEVICE void RoundFloats(unsigned (&bits)[Count])
{
    if constexpr (sizeof(Scalar) == 4) {
#pragma unroll
        for (int index = 0; index < Count; index++) bits[index] = RoundToTf32(BitsToFloat(bits[index]));
    }
}

// Rows first to first + 15 of x, bytes 32 step to 32 step + 31 of the slice's depth.
template <bool IsAlong> DEVICE void LoadX(FragmentX& x, const char* slice, int first, int step)
{
    using Own = Slice<TileRows, IsAlong>;
    const int lane = threadIdx.x % WarpSize;
    const int matrix = lane / 8;
    if constexpr (IsAlong) {
        LoadMatrices(x.bits, slice + Own::Place(first + matrix % 2 * 8 + lane % 8, 2 * step + matrix / 2));
        RoundFloats(x.bits);
    } else if constexpr (sizeof(Scalar) == 2) {
        const int row = step * 16 + matrix / 2 * 8 + lane % 8;
        LoadMatricesTransposed(x.bits, slice + Own::Place(row, first / 8 + matrix % 2));
    } else {
#pragma unroll
        for (int index = 0; index < 4; index++) {
            const int m = first + lane / 4 + index % 2 * 8;
            x.bits[index] = SharedElement(slice, Own::Place(step * 8 + lane % 4 + index / 2 * 4, m / 4), m % 4);
        }
    }
}

// Columns first to first + 15 of w, as two fragments.
template <bool IsAlong> DEVICE void LoadW(FragmentW& left, FragmentW& right, const char* slice, int first, int step)
{
    using Own = Slice<TileColumns, IsAlong>;
    const int lane = threadIdx.x % WarpSize;
    const int matrix = lane / 8;
    unsigned bits[4];
    if constexpr (IsAlong) {
        LoadMatrices(bits, slice + Own::Place(first + matrix / 2 * 8 + lane % 8, 2 * step + matrix % 2));
        if constexpr (!HasScales) RoundFloats(bits);
    } else if constexpr (sizeof(Scalar) == 2) {
        const int row = step * 16 + matrix % 2 * 8 + lane % 8;
        LoadMatricesTransposed(bits, slice + Own::Place(row, first / 8 + matrix / 2));
    } else {
#pragma unroll
        for (int index = 0; index < 4; index++) {
            const int n = first + lane / 4 + index / 2 * 8;
            bits[index] = SharedElement(slice, Own::Place(step * 8 + lane % 4 + index % 2 * 4, n / 4), n % 4);
        }
    }
    left = {bits[0], bits[1]};
    right = {bits[2], bits[3]};
}

// All lanes of a row read the same numbers, neighbours in neighbouring banks.
DEVICE void ScaleW(FragmentW (&w)[WFragments], const char* scales, int step)
{
    const char* own = scales + step * 32 + threadIdx.x % 4 * 4;
    const unsigned first = *reinterpret_cast<const unsigned*>(own);
    const unsigned second = *reinterpret_cast<const unsigned*>(own + 16);
#pragma unroll
    for (int j = 0; j < WFragments; j++) {
        w[j].bits[0] = MultiplyEach<Scalar>(w[j].bits[0], first);
        w[j].bits[1] = MultiplyEach<Scalar>(w[j].bits[1], second);
    }
}

template <bool IsXAlong, bool IsWAlong> DEVICE void MultiplySlice(TileSums& sums, const char* stage)
{
    const int warp = threadIdx.x / WarpSize;
    const int row = warp / WarpsAcross * WarpRows, column = warp % WarpsAcross * WarpColumns;
#pragma unroll
    for (int step = 0; step < 2; step++) {
        FragmentX x[XFragments];
        FragmentW w[WFragments];
#pragma unroll
        for (int i = 0; i < XFragments; i++) LoadX<IsXAlong>(x[i], stage, row + 16 * i, step);
#pragma unroll
        for (int j = 0; j < WFragments; j += 2) LoadW<IsWAlong>(w[j], w[j + 1], stage + XBytes, column + 8 * j, step);
        if constexpr (HasScales) ScaleW(w, stage + ScalesAt, step);
#pragma unroll
        for (int i = 0; i < XFragments; i++) {
#pragma unroll
            for (int j = 0; j < WFragments; j++) Mma<Scalar>::Multiply(sums.of[i][j], x[i], w[j]);
        }
    }
}

// Slices first up to end of the depth; the sources bring them in order. The ring has Stages * StageBytes bytes.
template <bool IsXAlong, bool IsWAlong, typename XSource, typename WSource>
DEVICE void MultiplyTile(TileSums& sums, char* ring, XSource& x, WSource& w, int first, int end)
{
    for (int stage = 0; stage < Stages - 1; stage++) {
        if (first + stage < end) {
            x.Bring(ring + stage * StageBytes, first + stage);
            w.Bring(ring + stage * StageBytes + XBytes, first + stage);
        }
        CopyCommit();
    }

    int stage = 0;
    for (int number = first; number < end; number++) {
        CopyWait<Stages - 2>();
        __syncthreads();  // everyone's copies of this slice | their reads; the reads of the last slice | copies over it
        const int free = stage == 0 ? Stages - 1 : stage - 1;
        if (number + Stages - 1 < end) {
            x.Bring(ring + free * StageBytes, number + Stages - 1);
            w.Bring(ring + free * StageBytes + XBytes, number + Stages - 1);
        }
        CopyCommit();
        MultiplySlice<IsXAlong, IsWAlong>(sums, ring + stage * StageBytes);
        stage = stage == Stages - 1 ? 0 : stage + 1;
    }
}

// Calls store(row, column, sum) for every place of the tile, neighbouring threads at neighbouring columns. The sums go
// through the ring's memory, which has TileRows * SumStride floats: a fragment's own order would scatter the stores.
template <typename Store> DEVICE void StoreTile(const TileSums& sums, char* ring, Store store)
{
    float* values = reinterpret_cast<float*>(ring);
    const int warp = threadIdx.x / WarpSize, lane = threadIdx.x % WarpSize;
    const int firstRow = warp / WarpsAcross * WarpRows + lane / 4;
    const int firstColumn = warp % WarpsAcross * WarpColumns + lane % 4 * 2;
    __syncthreads();  // the reads of the last slices | the sums over them
#pragma unroll
    for (int i = 0; i < XFragments; i++) {
#pragma unroll
        for (int j = 0; j < WFragments; j++) {
#pragma unroll
            for (int index = 0; index < 4; index++) {
                const int row = firstRow + 16 * i + index / 2 * 8, column = firstColumn + 8 * j + index % 2;
                values[row * SumStride + column] = sums.of[i][j].values[index];
            }
        }
    }
    __syncthreads();  // the sums | their reads
    for (int at = threadIdx.x; at < TileRows * TileColumns; at += TileThreads) {
        const int row = at / TileColumns, column = at % TileColumns;
        store(row, column, values[row * SumStride + column]);
    }
}
