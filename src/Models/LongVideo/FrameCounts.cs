namespace GenKernels.Models.LongVideo;

/// <summary>
/// Which frames each temporal block takes and gives. Every block computes some frames beyond both ends of what the next
/// one needs, so that what a convolution sees beyond its ends, which is zeros, never reaches the video.
/// </summary>
internal sealed class FrameCounts
{
    private readonly int[] _scales;
    private readonly int[] _inputs;
    private readonly int _frameCount;
    private readonly int _padding;

    /// <param name="frameCount">Frames of the video, positive.</param>
    /// <param name="blocksDouble">For each temporal block, whether it doubles the number of frames.</param>
    /// <param name="padding">Frames beyond either end.</param>
    /// <param name="isCropped">
    /// Whether each clip begins at a place of its own: then as many frames are computed as reach from any place.
    /// </param>
    internal FrameCounts(int frameCount, IReadOnlyList<bool> blocksDouble, int padding, bool isCropped = false)
    {
        (_frameCount, _padding) = (frameCount, padding);
        _scales = new int[blocksDouble.Count];
        _inputs = new int[blocksDouble.Count];
        int scale = 1;
        for (int block = blocksDouble.Count - 1; block >= 0; block--)
        {
            if (blocksDouble[block]) scale *= 2;
            int reach = isCropped ? frameCount + scale - 1 : frameCount;
            _scales[block] = scale;
            _inputs[block] = ((reach + scale - 1) / scale) + (2 * padding);
        }
    }

    /// <summary>Frames of the video for one frame of the first block.</summary>
    internal int Scale => _scales[0];

    /// <summary>Frames of the temporal embedding: those of the first block at the rate of the video.</summary>
    internal int Embedding => _inputs[0] * Scale;

    /// <summary>Frames of the video for one frame that a block takes.</summary>
    internal int ScaleOf(int block) => _scales[block];

    /// <summary>Frames that a block takes.</summary>
    internal int InputOf(int block) => _inputs[block];

    /// <summary>Frames that a block gives.</summary>
    internal int OutputOf(int block) => block + 1 < _inputs.Length ? _inputs[block + 1] : _frameCount;

    /// <summary>The frame, at a block's rate, of a latent for the embedding, with which a block begins where a clip
    /// begins at <paramref name="start"/>.</summary>
    internal int LatentStart(int block, int start) =>
        (_padding * ((Scale / _scales[block]) - 1)) + (start / _scales[block]);

    /// <summary>The first frame, among all that a block makes, with which the output of some clip may begin.</summary>
    internal int OutputStart(int block)
    {
        if (IsLast(block)) return _padding * _scales[block];
        return Doubles(block) ? _padding : 0;
    }

    /// <summary>How many frames from there on the output of a clip may begin with; 1 where all begin alike.</summary>
    internal int OutputPlaces(int block)
    {
        if (IsLast(block)) return _scales[block];
        return Doubles(block) ? 2 : 1;
    }

    /// <summary>With which of these, from 0, the output begins where a clip begins at <paramref name="start"/>.
    /// </summary>
    internal int OutputPlace(int block, int start) =>
        start / (IsLast(block) ? 1 : _scales[block + 1]) % OutputPlaces(block);

    private bool IsLast(int block) => block + 1 == _inputs.Length;

    private bool Doubles(int block) => _scales[block] != _scales[block + 1];
}
