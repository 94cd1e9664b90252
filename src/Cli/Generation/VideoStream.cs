using GenKernels.Models.LongVideo;
using GenKernels.Runtime;
using GenKernels.Train.Video;

namespace GenKernels.Cli.Generation;

/// <summary>A generated video frame by frame, made segment by segment: a longer one takes more time, not
/// memory.</summary>
/// <param name="generator">Makes the frames.</param>
/// <param name="device">Device of the generator.</param>
/// <param name="seed">Seed of the video.</param>
/// <param name="segmentLength">Frames generated at a time.</param>
internal sealed class VideoStream(LowResolutionGenerator generator, Device device, ulong seed, int segmentLength)
{
    /// <summary>Rows of a frame.</summary>
    internal int Height => generator.Options.Height;

    /// <summary>Columns of a frame.</summary>
    internal int Width => generator.Options.Width;

    /// <summary>Passes on every frame, in order.</summary>
    /// <param name="frameCount">Frames of the video.</param>
    /// <param name="take">Receives <c>[H, W, 3]</c>, which the next frame overwrites.</param>
    /// <param name="meter">Updated after every segment.</param>
    /// <param name="stop">Cancels the generation.</param>
    /// <exception cref="OperationCanceledException">The generation was cancelled.</exception>
    internal void ForEach(long frameCount, Action<byte[]> take, FrameMeter meter, CancellationToken stop)
    {
        using VideoSegments segments = new(generator, seed, device);
        byte[] frame = new byte[Height * Width * 3];
        long done = 0;
        foreach (float[] segment in segments.Whole(frameCount, segmentLength))
        {
            stop.ThrowIfCancellationRequested();
            for (int start = 0; start < segment.Length; start += frame.Length)
            {
                FrameConversion.ToBytes(segment.AsSpan(start, frame.Length), frame);
                take(frame);
            }

            done += segment.Length / frame.Length;
            meter.Tell(done);
        }
    }
}
