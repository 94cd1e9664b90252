namespace GenKernels.Models.LongVideo;

/// <summary>
/// Takes the same number of frames from each clip, from a start that the device reads for each: a recorded step can be
/// replayed with new starts.
/// </summary>
internal sealed class FrameCrop
{
    private readonly Tensor _places;
    private readonly Tensor _scale;
    private readonly Tensor _padding;

    /// <param name="places">First frames of the clips, one row per crop, <c>[P, N]</c> of 32-bit integers.</param>
    internal FrameCrop(Tensor places)
    {
        Shape clips = [places.Shape[1]];
        _places = places;
        _scale = Variable.Full(clips, 1, ElementType.Float32, places.Device).Value;
        _padding = Tensor.Zeros(clips, ElementType.Int32, places.Device);
    }

    /// <param name="x">Clips, <c>[N, T, …]</c>.</param>
    /// <param name="row">The row of starts to use.</param>
    /// <param name="frameCount">Frames taken from each clip.</param>
    /// <returns><c>[N, frameCount, …]</c>.</returns>
    internal Variable Apply(Variable x, int row, int frameCount) => x.TemporalStretch(
        _scale, _padding, _places.Narrow(row, 1).View(_scale.Shape), frameCount);
}
