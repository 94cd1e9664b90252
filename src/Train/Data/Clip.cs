namespace GenKernels.Train.Data;

/// <summary>A run of consecutive frames of one video.</summary>
/// <param name="Video">Index of the video in its data set.</param>
/// <param name="Start">Its first frame.</param>
/// <param name="FlipHorizontally">Whether all frames are mirrored left to right.</param>
public readonly record struct Clip(int Video, int Start, bool FlipHorizontally);
