using GenKernels.Kernels.Random;

namespace GenKernels.Models.LongVideo;

/// <summary>
/// A video of any length in constant memory, segment by segment. The noise at each moment is a pure function of seed
/// and moment, and each segment is computed with enough surrounding frames to leave no seam: up to rounding, the video
/// does not depend on the segment length, and a longer video starts with the frames of a shorter one of the same seed.
/// </summary>
/// <remarks>
/// Source: Brooks et al. 2022, Generating Long Videos of Dynamic Scenes, section 3.2 (time-shift equivariance). Not
/// thread-safe; several instances, each on its own thread, may share the generator.
/// </remarks>
public sealed class VideoSegments : IDisposable
{
    // A video has two segment lengths: that of all segments but the last, and that of the last.
    private const int MostRecordings = 2;

    private readonly LowResolutionGenerator _generator;
    private readonly RandomGenerator _random;
    private readonly ulong _seed;
    private readonly int _scale;
    private readonly StepArena _arena;
    private readonly Dictionary<int, (RecordedStep Step, Tensor Frames)> _steps = [];

    /// <param name="generator">Makes the frames; its running magnitudes are left unchanged.</param>
    /// <param name="seed">Seed of the video.</param>
    /// <param name="device">Device of the generator.</param>
    public VideoSegments(LowResolutionGenerator generator, ulong seed, Device device)
    {
        _generator = generator;
        _seed = seed;
        _scale = generator.TemporalScale;
        _random = new RandomGenerator(device, seed);
        _arena = new StepArena(device);
    }

    /// <summary>Whether segments are recorded and replayed or run launch by launch; both give the same bits.</summary>
    public bool IsRecorded { get; init; } = true;

    /// <summary>Frames computed and discarded on either side of a segment.</summary>
    /// <remarks>
    /// Near the ends the latents are filtered with zeros beyond them. That reaches some 6 frames at the coarsest rate,
    /// within the 8 of the padding; two more keep what the convolutions spread from there out of the segment.
    /// </remarks>
    public int Margin => 2 * _scale;

    /// <summary>Makes frames <paramref name="start"/> to <paramref name="start"/> + <paramref name="frameCount"/> of
    /// the video.</summary>
    /// <param name="start">From 0; a multiple of the generator's temporal scale.</param>
    /// <param name="frameCount">Frames of the segment.</param>
    /// <returns>Values in row-major order of <c>[T, H, W, 3]</c>, about -1 to 1.</returns>
    /// <exception cref="ArgumentException"><paramref name="start"/> is not on that grid.</exception>
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
            if (_steps.Count == MostRecordings) ForgetSteps();
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

    /// <summary>All segments of one length are the same work: only the state of the random numbers differs.</summary>
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

        // A multiple of the coarsest frame: with any other length the middle would lie elsewhere on the grid.
        int synthesised = OnGrid(frameCount) + (2 * Margin);
        Variable noise = new(_random.Normal(_generator.NoiseShape(1, synthesised)));
        return _generator.Forward(noise, synthesised).Window(1, Margin, frameCount).Value;
    }

    private int OnGrid(int frameCount) => (frameCount + _scale - 1) / _scale * _scale;

    /// <summary>Element i of the random stream is element i of the whole video's noise, wherever the stream is
    /// entered.</summary>
    private void Seek(long start)
    {
        const int NumbersPerCounter = 4;
        long first = start * _generator.NoiseShape(1, 1)[2];
        Require.That(first % NumbersPerCounter == 0, $"the noise of frame {start} does not begin with a counter");
        _random.LoadState(new RandomState(_seed, (ulong)(first / NumbersPerCounter), 0));
    }
}
