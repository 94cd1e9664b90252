using System.Runtime.InteropServices;
using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Normalization;

/// <summary>
/// How a tensor <c>[N, S, C]</c> with groups of channels is tiled over blocks; laid out as in <c>GroupPlan.cuh</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct GroupPlan
{
    // Positions whose moments the kernel computes together; the rows of a row lane are a multiple.
    private const int Rows = 8;

    // Elements of a chunk on the host: a few hundred kilobytes at most, which stay in the core's cache.
    private const int HostChunk = 32768;

    // The most chunks that each block of a GPU combines itself, serially in each of a few threads.
    private const int MostCombined = 128;

    // Channels of a tile. A GPU's are few, so that a block combines few groups, but fill whole cache lines.
    private const int HostTile = 2048;
    private const int DeviceTileBytes = 192;

    private readonly long _positionCount;
    private readonly int _sampleCount;
    private readonly int _channelCount;
    private readonly int _groupCount;
    private readonly int _partLength;
    private readonly int _chunkRows;
    private readonly int _chunkCount;
    private readonly int _tileChannels;
    private readonly int _tileCount;
    private readonly int _rowLanes;
    private readonly int _packWidth;

    /// <param name="groups">Number of groups; divides C.</param>
    /// <param name="lanePasses">Rows of a row lane, in units of eight.</param>
    /// <param name="tensors">The tensors accessed in packs: <c>[N, …, C]</c>, not empty.</param>
    internal GroupPlan(int groups, int lanePasses, params ReadOnlySpan<Tensor> tensors)
    {
        Tensor x = tensors[0];
        bool isHost = x.Device.WarpSize == 1;
        _sampleCount = x.Shape[0];
        _channelCount = x.Shape[^1];
        _positionCount = x.Shape.Product(1, x.Shape.Rank - 1);
        _groupCount = groups;
        int limit = isHost ? HostTile : DeviceTileBytes / x.Type.Size();
        int packWidth = PackWidths.For(tensors);
        _partLength = PartOf(_channelCount / groups, limit);
        _tileChannels = TileOf(_channelCount, _partLength, limit, packWidth);
        if (_tileChannels % packWidth != 0) packWidth = 1;
        _packWidth = packWidth;
        _tileCount = Quotient.Up(_channelCount, _tileChannels);
        _rowLanes = isHost ? 1 : Math.Max(1, LaunchShape.DefaultBlock / (_tileChannels / packWidth));
        int rows = isHost ? Math.Max(1, HostChunk / _tileChannels / Rows) * Rows : _rowLanes * Rows * lanePasses;
        _chunkRows = rows;
        _chunkCount = checked((int)Quotient.Up(_positionCount, rows));
    }

    /// <summary>The variant of the kernels that has the plan's pack width.</summary>
    internal string Variant => PackWidths.Variant(_packWidth);

    /// <summary>Chunks per sample.</summary>
    internal int ChunkCount => _chunkCount;

    /// <summary>Parts of groups per chunk.</summary>
    internal int PartCount => _channelCount / _partLength;

    /// <summary>
    /// Whether every block combines the moments of its groups itself, which saves a launch: if there are few chunks and
    /// it reads no more numbers for that than it normalises.
    /// </summary>
    internal bool CombinesInEveryBlock(Device device) =>
        device.WarpSize > 1 && _chunkCount <= MostCombined
        && 2L * _chunkCount <= (long)_chunkRows * _partLength;

    /// <param name="device">The device of the launch.</param>
    /// <param name="numbers">Numbers in shared memory per channel and row lane.</param>
    /// <param name="type">Their type.</param>
    /// <returns>One block per sample, chunk and tile.</returns>
    internal LaunchShape Shape(Device device, int numbers, ElementType type) =>
        ChannelShape(device, numbers * _rowLanes, type);

    /// <param name="device">The device of the launch.</param>
    /// <param name="numbers">Numbers in shared memory per channel.</param>
    /// <param name="type">Their type.</param>
    /// <returns>One block per sample, chunk and tile.</returns>
    internal LaunchShape ChannelShape(Device device, int numbers, ElementType type) =>
        LaunchShape.Blocks(device, (long)_sampleCount * _chunkCount * _tileCount) with
        {
            SharedBytes = numbers * _tileChannels * type.Size(),
        };

    /// <returns>Channels of a part: the whole group, or its largest equal share that a tile can hold.</returns>
    private static int PartOf(int groupLength, int limit)
    {
        int shares = Quotient.Up(groupLength, limit);
        while (groupLength % shares != 0) shares++;
        return groupLength / shares;
    }

    /// <returns>
    /// Channels of a tile: as many whole parts as fit, a multiple of the pack if possible; at least one part.
    /// </returns>
    private static int TileOf(int channels, int part, int limit, int packWidth)
    {
        if (channels <= limit) return channels;
        int tile = limit / part * part;
        for (int packed = tile; packed > 0; packed -= part)
        {
            if (packed % packWidth == 0) return packed;
        }

        return tile;
    }
}
