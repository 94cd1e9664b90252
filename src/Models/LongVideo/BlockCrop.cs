namespace GenKernels.Models.LongVideo;

/// <summary>How the output of a block is cut where each clip begins at a place of its own.</summary>
/// <param name="Crop">Knows the places.</param>
/// <param name="Row">Which of its crops.</param>
/// <param name="Start">The first frame with which some clip may begin.</param>
/// <param name="Places">How many frames from there on clips may begin with.</param>
internal sealed record BlockCrop(FrameCrop Crop, int Row, int Start, int Places)
{
    /// <summary>Frames beyond those of one clip that are computed, whichever the places are.</summary>
    internal int Surplus => Places - 1;

    /// <param name="x">All frames from <see cref="Start"/> on that a clip may keep, <c>[N, T, …]</c>.</param>
    /// <param name="frameCount">How many each keeps.</param>
    internal Variable Apply(Variable x, int frameCount) => Places == 1 ? x : Crop.Apply(x, Row, frameCount);
}
