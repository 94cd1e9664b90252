namespace GenKernels.Train.Video;

/// <summary>Reads the frames of a video one after another.</summary>
public interface IFrameReader : IDisposable
{
    /// <summary>Size, frame rate and, if known, length.</summary>
    public VideoDescription Description { get; }

    /// <summary>Decodes the next frame.</summary>
    /// <param name="rgb">Receives <c>[H, W, 3]</c>; exactly <see cref="VideoDescription.FrameBytes"/> long.</param>
    /// <returns>False, with nothing written, after the last frame.</returns>
    /// <exception cref="VideoException">The video is damaged.</exception>
    public bool ReadFrame(Span<byte> rgb);
}
