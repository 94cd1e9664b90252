namespace GenKernels.Models.LongVideo;

/// <summary>Takes from each clip as many frames, from a place of its own.</summary>
internal static class FrameCrop
{
    /// <param name="x">Clips, <c>[N, T, …]</c>.</param>
    /// <param name="starts">The first frame of each.</param>
    /// <param name="frameCount">How many.</param>
    /// <returns><c>[N, frameCount, …]</c>.</returns>
    internal static Variable Apply(Variable x, int[] starts, int frameCount)
    {
        if (Array.TrueForAll(starts, start => start == starts[0])) return x.Window(1, starts[0], frameCount);
        Tensor scale = Variable.Full([starts.Length], 1, ElementType.Float32, x.Device).Value;
        Tensor padding = Tensor.Zeros([starts.Length], ElementType.Int32, x.Device);
        return x.TemporalStretch(scale, padding, Tensor.From(starts, [starts.Length], x.Device), frameCount);
    }
}
