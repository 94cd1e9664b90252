namespace GenKernels.Models.LongVideo;

/// <summary>How a block's output is cropped when each clip starts at its own frame.</summary>
/// <param name="Crop">Holds the starts of all crops.</param>
/// <param name="Row">The row of those starts that this output uses.</param>
/// <param name="Start">The first frame at which any clip may start.</param>
/// <param name="Places">Number of consecutive frames from there on at which a clip may start.</param>
internal sealed record BlockCrop(FrameCrop Crop, int Row, int Start, int Places)
{
    /// <summary>Frames computed beyond those of one clip, so that every start is covered.</summary>
    internal int Surplus => Places - 1;

    /// <param name="x">The frames from <see cref="Start"/> on that any clip may keep, <c>[N, T, …]</c>.</param>
    /// <param name="frameCount">Frames that each clip keeps.</param>
    internal Variable Apply(Variable x, int frameCount) => Places == 1 ? x : Crop.Apply(x, Row, frameCount);
}
