using System.Runtime.InteropServices;
using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Normalization;

/// <summary>
/// How blocks share out a tensor <c>[N, S, C]</c> in groups of channels; laid out as in <c>GroupPlan.cuh</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct GroupPlan
{
    // Positions whose moments the kernel takes together; a row lane has a multiple of them.
    private const int Rows = 8;

    // Elements that one host thread takes before it joins: a few hundred kilobytes, which stay in its cache.
    private const int HostChunk = 32768;

    // Chunks that a block of a GPU joins itself, one after the other in each of some threads.
    private const int MostJoined = 128;

    // Channels of a tile. A GPU's are few, so that a block joins few groups, but fill whole lines of its cache.
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

    /// <param name="groups">Divides C.</param>
    /// <param name="lanePasses">How many times eight rows a row lane takes.</param>
    /// <param name="tensors">Those that are read and written in packs: <c>[N, …, C]</c>, not empty.</param>
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

    /// <summary>The variant of the kernels that walks so.</summary>
    internal string Variant => PackWidths.Variant(_packWidth);

    /// <summary>Chunks of each sample.</summary>
    internal int ChunkCount => _chunkCount;

    /// <summary>Parts of groups, of each sample.</summary>
    internal int PartCount => _channelCount / _partLength;

    /// <summary>
    /// Whether every block joins the moments of its groups itself, so that no launch does: where it reads no more
    /// numbers for that than it normalises.
    /// </summary>
    internal bool JoinsOnTheWay(Device device) =>
        device.WarpSize > 1 && _chunkCount <= MostJoined
        && 2L * _chunkCount <= (long)_chunkRows * _partLength;

    /// <param name="device">Where.</param>
    /// <param name="numbers">How many numbers a block keeps for each channel and row lane.</param>
    /// <param name="type">Their type.</param>
    /// <returns>One block for each sample, chunk and tile.</returns>
    internal LaunchShape Shape(Device device, int numbers, ElementType type) =>
        ChannelShape(device, numbers * _rowLanes, type);

    /// <param name="device">Where.</param>
    /// <param name="numbers">How many numbers a block keeps for each channel.</param>
    /// <param name="type">Their type.</param>
    /// <returns>One block for each sample, chunk and tile.</returns>
    internal LaunchShape ChannelShape(Device device, int numbers, ElementType type) =>
        LaunchShape.Blocks(device, (long)_sampleCount * _chunkCount * _tileCount) with
        {
            SharedBytes = numbers * _tileChannels * type.Size(),
        };

    /// <returns>The group, or its largest equal share that a tile can hold.</returns>
    private static int PartOf(int groupLength, int limit)
    {
        int shares = Quotient.Up(groupLength, limit);
        while (groupLength % shares != 0) shares++;
        return groupLength / shares;
    }

    /// <returns>As many whole parts as fit, in whole packs if some number of them is; at least one part.</returns>
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
