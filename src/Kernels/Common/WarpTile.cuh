// WarpTile: slices are multiplied by mma.sync: each warp loads fragments of its part of the tile. Part of TensorTile.
//
// With HasScales, each k of w is multiplied by a number of its own, which the x source brings: 64 bytes a slice after
// both operands. It is done to w's registers on their way to the tensor cores, since a warp has fewer of those than of
// x's, and leaves w in shared memory as it came.
//
// Shared   A chunk c of row r is put at place c ^ f(r), so that the 8 chunks that the lanes read at once, one below the
//          other, lie in different banks: along, 64-byte rows: f(r) = r / 2 % 4, two rows of four chunks are 128 bytes;
//          across, rows of 128 bytes or a multiple: f(r) = r % 8. 32-bit elements across cannot be transposed by a load
//          of matrices: lanes read them one by one, 4 rows of 8 neighbours, and f(r) = 2 (r % 4) parts them.
#pragma once

constexpr int WarpRows = TileRows / WarpsDown;
constexpr int WarpColumns = TileColumns / WarpsAcross;
constexpr int FragmentRows = 16;
constexpr int XFragments = WarpRows / FragmentRows;
constexpr int WFragments = WarpColumns / 8;

static_assert(WarpRows % 16 == 0 && WarpColumns % 16 == 0, "a warp has whole fragments");

// The sums of a thread: of its warp's fragments.
struct TileSums { FragmentSum of[XFragments][WFragments]; };

// Where in the tile this warp's fragments begin.
DEVICE int FirstRow() { return int(threadIdx.x) / WarpSize / WarpsAcross * WarpRows; }
DEVICE int FirstColumn() { return int(threadIdx.x) / WarpSize % WarpsAcross * WarpColumns; }

template <int Size, bool IsAlong> MEMBER int Slice<Size, IsAlong>::Place(int row, int chunk)
{
    const int turn = IsAlong ? row / 2 % 4 : sizeof(Scalar) == 2 ? row % 8 : row % 4 * 2;
    return (row * ChunksOfRow + (chunk ^ turn)) * 16;
}

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
    const int row = FirstRow(), column = FirstColumn();
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
