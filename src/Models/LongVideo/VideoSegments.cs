using GenKernels.Kernels.Random;

namespace GenKernels.Models.LongVideo;

/// <summary>
/// A video of any length in constant memory, segment by segment. The noise of every moment is a pure function of the
/// seed and the moment, and each segment is computed with so much of its surroundings that no seam remains: the video
/// does not depend on the length of the segments, but for rounding, and a longer one begins as a shorter one of the
/// same seed.
/// </summary>
/// <remarks>
/// Source: Brooks et al. 2022, Generating Long Videos of Dynamic Scenes, section 3.2 (time-shift equivariance). For one
/// thread; several of them, each on a thread of its own, may share the generator.
/// </remarks>
public sealed class VideoSegments : IDisposable
{
    // Of a video: the length of its segments, and that of the last one.
    private const int KeptLengths = 2;

    private readonly LowResolutionGenerator _generator;
    private readonly RandomGenerator _random;
    private readonly ulong _seed;
    private readonly int _scale;
    private readonly StepArena _arena;
    private readonly Dictionary<int, (RecordedStep Step, Tensor Frames)> _steps = [];

    /// <param name="generator">Makes the frames; its magnitudes are left as they are.</param>
    /// <param name="seed">Of the video.</param>
    /// <param name="device">Of the generator.</param>
    public VideoSegments(LowResolutionGenerator generator, ulong seed, Device device)
    {
        _generator = generator;
        _seed = seed;
        _scale = generator.TemporalScale;
        _random = new RandomGenerator(device, seed);
        _arena = new StepArena(device);
    }

    /// <summary>Whether segments are recorded and replayed, or run launch by launch; the bits are the same.</summary>
    public bool IsRecorded { get; init; } = true;

    /// <summary>Frames on either side of a segment that are computed and thrown away.</summary>
    /// <remarks>
    /// The latents near the ends are filtered with zeros beyond them. That reaches some 6 frames of the coarsest rate,
    /// 8 of which are padding already; two more keep what convolutions carry on from there away from the segment.
    /// </remarks>
    public int Margin => 2 * _scale;

    /// <summary>Makes frames <paramref name="start"/> to <paramref name="start"/> + <paramref name="frameCount"/> of
    /// the video.</summary>
    /// <param name="start">From 0; a multiple of the generator's temporal scale.</param>
    /// <param name="frameCount">Frames of the segment.</param>
    /// <returns>Values in row-major order of <c>[T, H, W, 3]</c>, about -1 to 1.</returns>
    /// <exception cref="ArgumentException"><paramref name="start"/> is not on the grid.</exception>
    public float[] Next(long start, int frameCount)
    {
        Require.That(
            start >= 0 && start % _scale == 0, $"a segment must begin at a multiple of {_scale} frames, got {start}");
        Seek(start);
        if (!IsRecorded)
        {
            using TensorScope scope = _random.Device.Scope();
            return Make(frameCount).ToArray<float>();
        }

        if (!_steps.TryGetValue(frameCount, out (RecordedStep Step, Tensor Frames) recorded))
        {
            if (_steps.Count == KeptLengths) ForgetSteps();
            recorded = Record(frameCount);
            _steps.Add(frameCount, recorded);
        }

        recorded.Step.Replay();
        return recorded.Frames.ToArray<float>();
    }

    /// <summary>Makes a whole video, segment by segment.</summary>
    /// <param name="frameCount">Frames of the video.</param>
    /// <param name="segmentLength">Frames of a segment; rounded up to the grid.</param>
    /// <returns>Segments in order, each as <see cref="Next"/> returns it.</returns>
    public IEnumerable<float[]> Whole(long frameCount, int segmentLength)
    {
        int length = OnGrid(Math.Max(1, segmentLength));
        for (long start = 0; start < frameCount; start += length)
        {
            yield return Next(start, (int)Math.Min(length, frameCount - start));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ForgetSteps();
        _arena.Dispose();
        _random.Dispose();
    }

    private void ForgetSteps()
    {
        foreach ((RecordedStep step, Tensor frames) in _steps.Values)
        {
            step.Dispose();
            frames.Dispose();
        }

        _steps.Clear();
    }

    /// <summary>Segments of a length are the same work each: only the state of the random numbers differs.</summary>
    private (RecordedStep Step, Tensor Frames) Record(int frameCount)
    {
        Tensor? frames = null;
        RecordedStep step = RecordedStep.Record(
            _random.Device,
            () => frames = Make(frameCount).Unscoped(),
            _arena);
        return (step, frames!);
    }

    private Tensor Make(int frameCount)
    {
        using IDisposable mode = GradientMode.Disable();

        // Only whole steps of the coarsest rate: with others the middle would lie elsewhere on the grid.
        int synthesised = OnGrid(frameCount) + (2 * Margin);
        Variable noise = new(_random.Normal(_generator.NoiseShape(1, synthesised)));
        return _generator.Forward(noise, synthesised).Window(1, Margin, frameCount).Value;
    }

    private int OnGrid(int frameCount) => (frameCount + _scale - 1) / _scale * _scale;

    /// <summary>Element i of the stream of numbers is element i of the noise of the whole video, wherever it is
    /// entered.</summary>
    private void Seek(long start)
    {
        const int NumbersPerCounter = 4;
        long first = start * _generator.NoiseShape(1, 1)[2];
        Require.That(first % NumbersPerCounter == 0, $"the noise of frame {start} does not begin with a counter");
        _random.LoadState(new RandomState(_seed, (ulong)(first / NumbersPerCounter), 0));
    }
}
