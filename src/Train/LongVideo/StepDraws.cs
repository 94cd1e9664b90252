using GenKernels.Kernels.Augmentation;
using GenKernels.Runtime;
using GenKernels.Train.Data;

namespace GenKernels.Train.LongVideo;

/// <summary>
/// The small draws of a training step. Each is a pure function of the seed, the step and the place where it is asked
/// for, so that a resumed run draws what an undisturbed one would have.
/// </summary>
/// <param name="device">Where the draws are sent.</param>
/// <param name="seed">Of the run.</param>
/// <param name="step">From 0.</param>
internal sealed class StepDraws(Device device, ulong seed, long step)
{
    private ulong _index;

    /// <returns>A place to begin for each clip.</returns>
    /// <param name="clips">How many.</param>
    /// <param name="places">Number of places to choose from.</param>
    internal int[] Starts(int clips, int places)
    {
        int[] starts = new int[clips];
        for (int clip = 0; clip < clips; clip++) starts[clip] = Below(places);
        return starts;
    }

    /// <param name="clips">How many.</param>
    /// <param name="options">Which parts are drawn.</param>
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
        return new DiffAugDraws(
            Uniforms(clips), Uniforms(clips), Uniforms(clips),
            Integers(clips, _ => Below((2 * shift) + 1) - shift), Integers(clips, _ => Below((2 * shift) + 1) - shift),
            Integers(clips, _ => Below(DiffAugShift.CutoutPlaces(height))),
            Integers(clips, _ => Below(DiffAugShift.CutoutPlaces(width))));
    }

    private StretchDraws Stretch(int clips, double range, int frameCount)
    {
        float[] scales = new float[clips];
        for (int clip = 0; clip < clips; clip++) scales[clip] = (float)Math.Pow(2, range * ((2 * Unit()) - 1));
        int[] lengths = Array.ConvertAll(scales, scale => (int)Math.Floor(frameCount * (double)scale));
        return new StretchDraws(
            Tensor.From(scales, [clips], device),
            Integers(clips, clip => Below(Math.Max(0, frameCount - lengths[clip]) + 1)),
            Integers(clips, clip => Below(Math.Max(0, lengths[clip] - frameCount) + 1)));
    }

    private Tensor Uniforms(int clips)
    {
        float[] values = new float[clips];
        for (int clip = 0; clip < clips; clip++) values[clip] = (float)Unit();
        return Tensor.From(values, [clips], device);
    }

    private Tensor Integers(int clips, Func<int, int> draw)
    {
        int[] values = new int[clips];
        for (int clip = 0; clip < clips; clip++) values[clip] = draw(clip);
        return Tensor.From(values, [clips], device);
    }

    private int Below(int bound) => SplitMix.Below(bound, seed, (ulong)step, _index++);

    /// <summary>In [0, 1), 24 bits, which a float holds exactly.</summary>
    private double Unit() => (SplitMix.Bits(seed, (ulong)step, _index++) >> 40) * (1.0 / (1 << 24));
}
