namespace GenKernels.Models.LongVideo;

/// <summary>
/// Takes from each clip as many frames, from a place of its own that the device reads: a recorded step cuts where it is
/// told anew each time.
/// </summary>
internal sealed class FrameCrop
{
    private readonly Tensor _places;
    private readonly Tensor _scale;
    private readonly Tensor _padding;

    /// <param name="places">First frames of the clips, one row for each crop, <c>[P, N]</c> of 32-bit integers.</param>
    internal FrameCrop(Tensor places)
    {
        Shape clips = [places.Shape[1]];
        _places = places;
        _scale = Variable.Full(clips, 1, ElementType.Float32, places.Device).Value;
        _padding = Tensor.Zeros(clips, ElementType.Int32, places.Device);
    }

    /// <param name="x">Clips, <c>[N, T, …]</c>.</param>
    /// <param name="row">Which crop.</param>
    /// <param name="frameCount">How many frames are taken.</param>
    /// <returns><c>[N, frameCount, …]</c>.</returns>
    internal Variable Apply(Variable x, int row, int frameCount) => x.TemporalStretch(
        _scale, _padding, _places.Narrow(row, 1).View(_scale.Shape), frameCount);
}
