namespace GenKernels.Models.LongVideo;

/// <summary>Which frames of each clip are kept: as many of all, from a place of its own in each.</summary>
/// <param name="Starts">The first frame of each clip, <c>[N]</c>, Int32.</param>
/// <param name="FrameCount">How many are kept.</param>
public sealed record FrameCrop(Tensor Starts, int FrameCount)
{
    /// <param name="x">Clips, <c>[N, T, …]</c>.</param>
    /// <returns><c>[N, FrameCount, …]</c>.</returns>
    internal Variable Apply(Variable x)
    {
        int clips = x.Shape[0];
        Tensor scale = Variable.Full([clips], 1, ElementType.Float32, x.Device).Value;
        Tensor padding = Tensor.Zeros([clips], ElementType.Int32, x.Device);
        return x.TemporalStretch(scale, padding, Starts, FrameCount);
    }
}
