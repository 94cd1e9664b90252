using GenKernels.Models.LongVideo;
using GenKernels.Runtime;
using GenKernels.Train.Video;

namespace GenKernels.Train.LongVideo;

/// <summary>Samples of a generator's current state: videos of fixed seeds, and a picture of some of their
/// frames.</summary>
/// <param name="generator">Makes the frames.</param>
/// <param name="device">Device of the generator.</param>
/// <param name="seed">Seed of the first video; the others follow.</param>
public sealed class SampleSheet(LowResolutionGenerator generator, Device device, ulong seed)
{
    private const int VideoCount = 3;
    private const int FramesInPicture = 8;

    /// <summary>Writes one animated video with all samples stacked vertically, and a picture of some frames of
    /// each.</summary>
    /// <param name="path">Path without extension: <c>.webp</c> and <c>.png</c> are appended.</param>
    /// <param name="frameCount">Frames of a video.</param>
    /// <returns>The picture, as PNG.</returns>
    public byte[] Write(string path, int frameCount)
    {
        (int height, int width) = (generator.Options.Height, generator.Options.Width);
        int frameBytes = height * width * 3;
        byte[][] videos =
            [.. Enumerable.Range(0, VideoCount).Select(index => Generate(seed + (ulong)index, frameCount))];
        ContactSheet picture = new(VideoCount, FramesInPicture, width, height, scale: 2);
        using IVideoWriter writer =
            VideoWriter.Create(path + ".webp", width, height * VideoCount, new VideoWriterOptions { Scale = 2 });
        byte[] stacked = new byte[frameBytes * VideoCount];
        for (int frame = 0; frame < frameCount; frame++)
        {
            for (int video = 0; video < VideoCount; video++)
            {
                videos[video].AsSpan(frame * frameBytes, frameBytes).CopyTo(stacked.AsSpan(video * frameBytes));
            }

            writer.AddFrame(stacked);
        }

        writer.Complete();
        for (int video = 0; video < VideoCount; video++)
        {
            for (int column = 0; column < FramesInPicture; column++)
            {
                int frame = column * (frameCount - 1) / (FramesInPicture - 1);
                picture.Place(video, column, videos[video].AsSpan(frame * frameBytes, frameBytes));
            }
        }

        byte[] png = picture.EncodePng();
        AtomicFile.WriteBytes(path + ".png", png);
        return png;
    }

    private byte[] Generate(ulong videoSeed, int frameCount)
    {
        using VideoSegments segments = new(generator, videoSeed, device);
        float[] values = segments.Next(0, frameCount);
        byte[] levels = new byte[values.Length];
        FrameConversion.ToBytes(values, levels);
        return levels;
    }
}
