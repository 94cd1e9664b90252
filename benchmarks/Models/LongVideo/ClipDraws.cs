using GenKernels.Kernels.Augmentation;
using GenKernels.Runtime;
using GenKernels.Train.LongVideo;

namespace GenKernels.Benchmarks.Models.LongVideo;

/// <summary>Random draws of a training step, one of each kind per clip.</summary>
/// <param name="random">Source of the draws.</param>
/// <param name="clips">Number of clips.</param>
/// <param name="device">Device of the drawn tensors.</param>
internal sealed class ClipDraws(Random random, int clips, Device device)
{
    internal int[] Starts(int places) => Numbers(_ => random.Next(places));

    internal DiffAugDraws DiffAug(int height, int width)
    {
        int shift = DiffAugShift.LargestShift(height, width);
        return new DiffAugDraws(
            Uniforms(), Uniforms(), Uniforms(),
            Integers(_ => random.Next(-shift, shift + 1)), Integers(_ => random.Next(-shift, shift + 1)),
            Integers(_ => random.Next(DiffAugShift.CutoutPlaces(height))),
            Integers(_ => random.Next(DiffAugShift.CutoutPlaces(width))));
    }

    internal StretchDraws Stretch(double range, int frameCount)
    {
        float[] scales = Numbers(_ => (float)Math.Pow(2, range * ((2 * random.NextDouble()) - 1)));
        int[] lengths = Array.ConvertAll(scales, scale => (int)Math.Floor(frameCount * (double)scale));
        return new StretchDraws(
            Tensor.From(scales, [clips], device),
            Integers(clip => random.Next(Math.Max(0, frameCount - lengths[clip]) + 1)),
            Integers(clip => random.Next(Math.Max(0, lengths[clip] - frameCount) + 1)));
    }

    private Tensor Uniforms() => Tensor.From(Numbers(_ => random.NextSingle()), [clips], device);

    private Tensor Integers(Func<int, int> draw) => Tensor.From(Numbers(draw), [clips], device);

    private T[] Numbers<T>(Func<int, T> draw)
    {
        T[] numbers = new T[clips];
        for (int clip = 0; clip < clips; clip++) numbers[clip] = draw(clip);
        return numbers;
    }
}
