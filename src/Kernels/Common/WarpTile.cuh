// WarpTile: multiplies slices by mma.sync; each warp loads the fragments of its warp tile. Part of TensorTile.
//
// With HasScales, each k of w is multiplied by a scale of its own, which the x source copies: 64 bytes a slice after
// both operands. The scales are applied to w's registers on their way to the tensor cores, since a warp has at most as
// many of those as of x's; w in shared memory stays as it came.
//
// Shared   chunk c of row r is stored as chunk c ^ f(r) of the row, so that the 8 chunks that lanes read at once, one
//          below the other, lie in different banks. K-major: rows have 64 bytes, and f(r) = r / 2 % 4, as two rows of
//          four chunks are 128 bytes. MN-major: rows have 128 bytes or a multiple, and f(r) = r % 8; but ldmatrix
//          cannot transpose 32-bit elements: lanes read them one by one, 4 rows of 8 neighbours, and f(r) = 2 (r % 4)
//          keeps the rows apart.
//          f repeats from fragment to fragment and from chunk to chunk of a thread, so that their offsets differ by
//          constants, which are immediate offsets of loads and copies.
#pragma once

constexpr int WarpRows = TileRows / WarpsDown;
constexpr int WarpColumns = TileColumns / WarpsAcross;
constexpr int FragmentRows = 16;
constexpr int XFragments = WarpRows / FragmentRows;
constexpr int WFragments = WarpColumns / 8;

static_assert(WarpRows % FragmentRows == 0 && WarpColumns % FragmentRows == 0, "a warp has whole fragments");
static_assert((WarpRows & (WarpRows - 1)) == 0 && (WarpColumns & (WarpColumns - 1)) == 0,
              "from a warp's fragment to another, bits of an offset change that others leave alone");

// The sums of a thread, in the fragments of its warp tile.
struct TileSums { FragmentSum of[XFragments][WFragments]; };

// Where in the tile this warp's fragments begin.
DEVICE int FirstRow() { return int(threadIdx.x) / WarpSize / WarpsAcross * WarpRows; }
DEVICE int FirstColumn() { return int(threadIdx.x) / WarpSize % WarpsAcross * WarpColumns; }

template <int Size, bool IsKMajor> MEMBER int Slice<Size, IsKMajor>::Offset(int row, int chunk)
{
    const int swizzle = IsKMajor ? row / 2 % 4 : sizeof(Scalar) == 2 ? row % 8 : row % 4 * 2;
    return (row * ChunksOfRow + (chunk ^ swizzle)) * 16;
}

// Operand fragments: 16 rows or columns of the tile by 32 bytes of K, loaded as four 8 x 16-byte matrices in the order
// of FragmentX, or of two FragmentWs. All of a lane's addresses follow from its first.
template <int Size, bool IsKMajor, bool IsX> struct Fragments {
    static constexpr int RowBytes = Slice<Size, IsKMajor>::ChunksOfRow * 16;

    // Which half of the 16 rows or columns of the tile, and of the 32 bytes of K, a matrix covers.
    static MEMBER int TileHalf(int matrix) { return IsX ? matrix % 2 : matrix / 2; }
    static MEMBER int DepthHalf(int matrix) { return IsX ? matrix / 2 : matrix % 2; }

    // Byte offset in a slice at which this lane reads the warp's first fragment, which begins at `first` of the tile.
    static MEMBER int Offset(int first)
    {
        const int lane = threadIdx.x % WarpSize, matrix = lane / 8;
        if constexpr (IsKMajor) {
            return Slice<Size, true>::Offset(first + TileHalf(matrix) * 8 + lane % 8, DepthHalf(matrix));
        } else if constexpr (sizeof(Scalar) == 2) {
            return Slice<Size, false>::Offset(DepthHalf(matrix) * 8 + lane % 8, first / 8 + TileHalf(matrix));
        } else {
            const int element = first + lane / 4;
            return Slice<Size, false>::Offset(lane % 4, element / 4) + element % 4 * 4;
        }
    }

    // Loads the fragment that lies `fragment` fragments, and `step` steps of 32 bytes of K, from the first.
    static MEMBER void Load(unsigned (&bits)[4], const char* slice, int offset, int fragment, int step)
    {
        if constexpr (IsKMajor) {
            LoadMatrices(bits, slice + (offset ^ step * 32) + fragment * FragmentRows * RowBytes);
        } else if constexpr (sizeof(Scalar) == 2) {
            LoadMatricesTransposed(bits, slice + (offset ^ fragment * 32) + step * 16 * RowBytes);
        } else {
#pragma unroll
            for (int matrix = 0; matrix < 4; matrix++) {
                const char* from = slice + (offset ^ (fragment * 64 + TileHalf(matrix) * 32))
                                   + (step * 8 + DepthHalf(matrix) * 4) * RowBytes;
                bits[matrix] = *reinterpret_cast<const unsigned*>(from);
            }
        }
    }
};

template <int Count> DEVICE void RoundFloats(unsigned (&bits)[Count])
{
    if constexpr (sizeof(Scalar) == 4) {
#pragma unroll
        for (int index = 0; index < Count; index++) bits[index] = RoundToTf32(BitsToFloat(bits[index]));
    }
}

// A broadcast: all rows of lanes read the same scales, neighbouring lanes from neighbouring banks.
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

template <bool IsXKMajor, bool IsWKMajor> DEVICE void MultiplySlice(TileSums& sums, const char* stage)
{
    using XOwn = Fragments<TileRows, IsXKMajor, true>;
    using WOwn = Fragments<TileColumns, IsWKMajor, false>;
    const int xOffset = XOwn::Offset(FirstRow()), wOffset = WOwn::Offset(FirstColumn());
#pragma unroll
    for (int step = 0; step < 2; step++) {
        FragmentX x[XFragments];
        FragmentW w[WFragments];
#pragma unroll
        for (int i = 0; i < XFragments; i++) {
            XOwn::Load(x[i].bits, stage, xOffset, i, step);
            RoundFloats(x[i].bits);
        }
#pragma unroll
        for (int j = 0; j < WFragments; j += 2) {
            unsigned bits[4];
            WOwn::Load(bits, stage + XBytes, wOffset, j / 2, step);
            if constexpr (!HasScales) RoundFloats(bits);
            w[j] = {bits[0], bits[1]};
            w[j + 1] = {bits[2], bits[3]};
        }
        if constexpr (HasScales) ScaleW(w, stage + ScalesAt, step);
#pragma unroll
        for (int i = 0; i < XFragments; i++) {
#pragma unroll
            for (int j = 0; j < WFragments; j++) Mma<Scalar>::Multiply(sums.of[i][j], x[i], w[j]);
        }
    }
}

// The 16-byte chunks of an operand's k-slice that a thread copies: one below the other, with the same swizzle.
template <int Size, bool IsKMajor> struct Chunks {
    static constexpr int Count = Size * (SliceBytes / 16) / TileThreads;
    static constexpr int RowStep = TileThreads / Slice<Size, IsKMajor>::ChunksOfRow;
    static_assert(Count * TileThreads == Size * (SliceBytes / 16), "every thread copies as many chunks");
    static_assert(RowStep % (IsKMajor || sizeof(Scalar) == 2 ? 8 : 4) == 0, "the swizzle repeats from chunk to chunk");

    // The row, first element and byte offset of the first chunk; the others follow OffsetStep bytes apart.
    static MEMBER int Row() { return int(threadIdx.x) / Slice<Size, IsKMajor>::ChunksOfRow; }
    static MEMBER int Element() { return int(threadIdx.x) % Slice<Size, IsKMajor>::ChunksOfRow * ChunkLength; }
    static MEMBER int Offset() { return Slice<Size, IsKMajor>::Offset(Row(), Element() / ChunkLength); }
    static constexpr int OffsetStep = TileThreads * 16;
};

// Copies the k-slices of a matrix in memory, one after the other: rows of the tile (K-major), or rows of K (MN-major).
// Where rows begin at multiples of 16 bytes, none ends within a chunk.
template <int Size, bool IsKMajor> struct MatrixSource {
    using Own = Chunks<Size, IsKMajor>;
    const Scalar* next;  // this thread's first chunk of the next slice, if the matrix has it
    Int64 stride;
    int rows, elements;  // what the matrix has from there on, down and to the right
    bool isAligned;

    // For a tile that begins at `first` of `extent` (M or N), in a matrix of that extent and depth (K) with rowStride
    // elements from row to row.
    MEMBER MatrixSource(
        const Scalar* matrix, Int64 rowStride, int first, int extent, int depth, int firstSlice, bool areRowsAligned)
        : stride(rowStride), isAligned(areRowsAligned)
    {
        const int start = firstSlice * SliceDepth;
        const int row = (IsKMajor ? first : start) + Own::Row(), element = (IsKMajor ? start : first) + Own::Element();
        next = matrix + row * stride + element;
        rows = (IsKMajor ? extent : depth) - row;
        elements = (IsKMajor ? depth : extent) - element;
    }

    MEMBER void Copy(char* slice)
    {
        if (isAligned) CopyChunks(slice + Own::Offset());
        else CopyElements(slice + Own::Offset());
        next += IsKMajor ? SliceDepth : SliceDepth * stride;
        (IsKMajor ? elements : rows) -= SliceDepth;
    }

    MEMBER void CopyChunks(char* to) const
    {
#pragma unroll
        for (int index = 0; index < Own::Count; index++) {
            const int below = index * Own::RowStep;
            CopyAsync(to + index * Own::OffsetStep, next + below * stride, elements > 0 && rows > below);
        }
    }

    MEMBER void CopyElements(char* to) const
    {
        const Scalar* from = next;
#pragma unroll 1
        for (int below = 0; below < Own::Count * Own::RowStep; below += Own::RowStep) {
            Scalar* target = reinterpret_cast<Scalar*>(to);
            for (int at = 0; at < ChunkLength; at++) target[at] = at < elements && rows > below ? from[at] : Scalar(0);
            from += Own::RowStep * stride;
            to += Own::OffsetStep;
        }
    }
};

// Multiplies k-slices first to end - 1, which the sources copy in order. The ring has Stages * StageBytes bytes.
template <bool IsXKMajor, bool IsWKMajor, typename XSource, typename WSource>
DEVICE void MultiplyTile(TileSums& sums, char* ring, XSource& x, WSource& w, int first, int end)
{
    constexpr int LastStage = (Stages - 1) * StageBytes;
    const auto copy = [&](char* stage) {
        x.Copy(stage);
        w.Copy(stage + XBytes);
    };
    int left = end - first;  // slices to multiply
    for (int ahead = 0; ahead < Stages - 1; ahead++) {
        if (ahead < left) copy(ring + ahead * StageBytes);
        CopyCommit();
    }

    int stage = 0, free = LastStage;  // offsets in the ring of the current slice and of the stage to refill
    for (; left > 0; left--) {
        CopyWait<Stages - 2>();
        __syncthreads();  // copies of this slice | reads of it; reads of the last slice | copies over it
        if (Stages - 1 < left) copy(ring + free);
        CopyCommit();
        MultiplySlice<IsXKMajor, IsWKMajor>(sums, ring + stage);
        free = stage;
        stage = stage == LastStage ? 0 : stage + StageBytes;
    }
}
