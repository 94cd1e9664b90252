namespace GenKernels.Models.LongVideo;

/// <summary>How many frames each temporal block takes and gives for a video of a given length.</summary>
/// <remarks>
/// Every block computes some frames beyond both ends of what the next one needs, so that what a convolution sees beyond its
/// ends, which is zeros, never reaches the video.
/// </remarks>
public sealed class FrameCounts
{
    /// <param name="frameCount">Frames of the video, positive.</param>
    /// <param name="blocksDouble">For each temporal block, whether it doubles the number of frames.</param>
    /// <param name="padding">Frames beyond either end.</param>
    public FrameCounts(int frameCount, IReadOnlyList<bool> blocksDouble, int padding)
    {
        int[] outputs = new int[blocksDouble.Count];
        int scale = 1;
        int needed = frameCount;
        for (int block = blocksDouble.Count - 1; block >= 0; block--)
        {
            outputs[block] = needed;
            if (blocksDouble[block]) scale *= 2;
            needed = ((frameCount + scale - 1) / scale) + (2 * padding);
        }

        Input = needed;
        Outputs = outputs;
        Scale = scale;
    }

    /// <summary>Frames that the first block takes.</summary>
    public int Input { get; }

    /// <summary>Frames that each block gives.</summary>
    public IReadOnlyList<int> Outputs { get; }

    /// <summary>Frames of the video for one frame of the first block.</summary>
    public int Scale { get; }

    /// <summary>Frames of the temporal embedding: those of the first block at the rate of the video.</summary>
    public int Embedding => Input * Scale;

    /// <summary>Frames that a block takes.</summary>
    public int InputOf(int block) => block == 0 ? Input : Outputs[block - 1];
}
