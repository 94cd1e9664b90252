using GenKernels.Kernels.Augmentation;
using GenKernels.Runtime;
using GenKernels.Train.Data;

namespace GenKernels.Train.LongVideo;

/// <summary>
/// The small random draws of a training step. Each is a pure function of the seed, the step and its place in the order
/// of draws, so that a resumed run draws what an uninterrupted one would have.
/// </summary>
/// <param name="device">Device of the drawn tensors.</param>
/// <param name="seed">Seed of the run.</param>
/// <param name="step">Step, from 0.</param>
internal sealed class StepDraws(Device device, ulong seed, long step)
{
    // Counts down from the highest, since the clip sampler's streams of the same seed count up from 0.
    private readonly ulong _stream = ~(ulong)step;
    private ulong _index;

    /// <returns>A start frame for each clip.</returns>
    /// <param name="clips">Number of clips.</param>
    /// <param name="places">Number of start frames to choose from.</param>
    internal int[] Starts(int clips, int places)
    {
        int[] starts = new int[clips];
        for (int clip = 0; clip < clips; clip++) starts[clip] = Below(places);
        return starts;
    }

    /// <param name="clips">Number of clips.</param>
    /// <param name="options">Which augmentations are drawn.</param>
    /// <param name="frameCount">Frames of a clip.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    internal ClipAugmentation Augmentation(
        int clips, LowResolutionTrainingOptions options, int frameCount, int height, int width) => new(
        options.DiffAug ? DiffAug(clips, height, width) : null,
        options.StretchRange > 0 ? Stretch(clips, options.StretchRange, frameCount) : null);

    private DiffAugDraws DiffAug(int clips, int height, int width)
    {
        int shift = DiffAugShift.LargestShift(height, width);
        Tensor[] colours = Rows(3, clips, (_, _) => (float)Unit());
        Tensor[] places = Rows(4, clips, (row, _) => row switch
        {
            0 or 1 => Below((2 * shift) + 1) - shift,
            2 => Below(DiffAugShift.CutoutPlaces(height)),
            _ => Below(DiffAugShift.CutoutPlaces(width)),
        });
        return new DiffAugDraws(
            colours[0], colours[1], colours[2], places[0], places[1], places[2], places[3]);
    }

    private StretchDraws Stretch(int clips, double range, int frameCount)
    {
        float[] scales = new float[clips];
        for (int clip = 0; clip < clips; clip++) scales[clip] = (float)Math.Pow(2, range * ((2 * Unit()) - 1));
        int[] lengths = Array.ConvertAll(scales, scale => (int)Math.Floor(frameCount * (double)scale));
        Tensor[] places = Rows(2, clips, (row, clip) =>
        {
            int surplus = row == 0 ? frameCount - lengths[clip] : lengths[clip] - frameCount;
            return Below(Math.Max(0, surplus) + 1);
        });
        return new StretchDraws(Tensor.From(scales, [clips], device), places[0], places[1]);
    }

    /// <summary>
    /// Draws rows of numbers, one number per clip; all go to the device in one copy, because each copy waits for the
    /// GPU.
    /// </summary>
    /// <returns>The rows, <c>[N]</c> each.</returns>
    private Tensor[] Rows<T>(int rows, int clips, Func<int, int, T> draw)
        where T : unmanaged
    {
        T[] values = new T[rows * clips];
        for (int index = 0; index < values.Length; index++) values[index] = draw(index / clips, index % clips);
        Tensor all = Tensor.From(values, [rows, clips], device);
        return [.. Enumerable.Range(0, rows).Select(row => all.Part((long)row * clips, [clips]))];
    }

    private int Below(int bound) => SplitMix.Below(bound, seed, _stream, _index++);

    /// <summary>In [0, 1), with 24 bits, which a float holds exactly.</summary>
    private double Unit() => (SplitMix.Bits(seed, _stream, _index++) >> 40) * (1.0 / (1 << 24));
}
