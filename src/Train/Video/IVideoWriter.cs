namespace GenKernels.Train.Video;

/// <summary>Writes the frames of a video one after another; the output appears whole at the end or not at
/// all.</summary>
public interface IVideoWriter : IDisposable
{
    /// <param name="rgb">The next frame, <c>[H, W, 3]</c>.</param>
    /// <exception cref="ArgumentException">The buffer is not one frame long.</exception>
    /// <exception cref="VideoException">The frame cannot be encoded or stored.</exception>
    public void AddFrame(ReadOnlySpan<byte> rgb);

    /// <summary>Finishes the video and gives it its final name. Without this call, Dispose leaves nothing
    /// behind.</summary>
    /// <param name="progress">
    /// Told on this thread what percentage is encoded, where that is done only now.
    /// </param>
    /// <param name="stop">Ends the encoding early; the video then gets no name.</param>
    /// <exception cref="VideoException">No frame was added, or the video cannot be encoded or stored.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public void Complete(IProgress<int>? progress = null, CancellationToken stop = default);
}
