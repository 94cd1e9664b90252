namespace GenKernels.Models.LongVideo;

/// <summary>
/// Frames that each temporal block takes and produces. Every block computes frames beyond both ends of what the next
/// one needs, so that the zero padding of its convolutions never reaches the video.
/// </summary>
internal sealed class FrameCounts
{
    private readonly int[] _scales;
    private readonly int[] _inputs;
    private readonly int _frameCount;
    private readonly int _padding;

    /// <param name="frameCount">Frames of the video, positive.</param>
    /// <param name="blocksDouble">For each temporal block, whether it doubles the number of frames.</param>
    /// <param name="padding">Extra frames at either end.</param>
    /// <param name="isCropped">Whether each clip starts at its own frame: enough frames are then computed for any
    /// start.</param>
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

    /// <summary>Video frames per frame of the first block.</summary>
    internal int Scale => _scales[0];

    /// <summary>Frames of the temporal embedding: those of the first block, at the video's frame rate.</summary>
    internal int Embedding => _inputs[0] * Scale;

    /// <summary>Video frames per input frame of a block.</summary>
    internal int ScaleOf(int block) => _scales[block];

    /// <summary>Input frames of a block.</summary>
    internal int InputOf(int block) => _inputs[block];

    /// <summary>Output frames of a block.</summary>
    internal int OutputOf(int block) => block + 1 < _inputs.Length ? _inputs[block + 1] : _frameCount;

    /// <summary>The first latent frame of a block for a clip that starts at <paramref name="start"/>, at the block's
    /// rate and counted from the start of the embedding.</summary>
    internal int LatentStart(int block, int start) =>
        (_padding * ((Scale / _scales[block]) - 1)) + (start / _scales[block]);

    /// <summary>The first of the frames that a block computes at which the output of any clip may start.</summary>
    internal int OutputStart(int block)
    {
        if (IsLast(block)) return _padding * _scales[block];
        return Doubles(block) ? _padding : 0;
    }

    /// <summary>Number of consecutive frames from there on at which a clip's output may start; 1 where all start
    /// alike.</summary>
    internal int OutputPlaces(int block)
    {
        if (IsLast(block)) return _scales[block];
        return Doubles(block) ? 2 : 1;
    }

    /// <summary>Which of these, from 0, is the start of the output of a clip that starts at
    /// <paramref name="start"/>.</summary>
    internal int OutputPlace(int block, int start) =>
        start / (IsLast(block) ? 1 : _scales[block + 1]) % OutputPlaces(block);

    private bool IsLast(int block) => block + 1 == _inputs.Length;

    private bool Doubles(int block) => _scales[block] != _scales[block + 1];
}
