namespace GenKernels.Train.Data;

/// <summary>Chooses the i-th clip of a training, uniformly over the videos that are long enough.</summary>
/// <remarks>
/// Every epoch is a random permutation of those videos, whatever their lengths; the start is uniform over the video.
/// Everything is a pure function of (seed, i) by <see cref="SplitMix"/>, so that the index is all a training needs to
/// resume: stream 0 draws the starts and stream 1 the flips, both at i; stream 2 + epoch draws the permutation.
/// Thread-safe.
/// </remarks>
public sealed class ClipSampler
{
    private const ulong StartStream = 0;
    private const ulong FlipStream = 1;
    private const ulong FirstEpochStream = 2;

    private readonly int[] _videos;
    private readonly ulong _seed;
    private readonly bool _flipHorizontally;
    private volatile Epoch _lastEpoch;

    /// <param name="dataset">The data set of the clips; not disposed.</param>
    /// <param name="sequenceLength">Frames of a clip; positive.</param>
    /// <param name="flipHorizontally">Mirror every clip with probability 1/2.</param>
    /// <param name="seed">Any number; different seeds give different clips.</param>
    /// <exception cref="DatasetException">Every video is shorter than a clip.</exception>
    public ClipSampler(VideoDataset dataset, int sequenceLength, bool flipHorizontally, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sequenceLength);
        Dataset = dataset;
        SequenceLength = sequenceLength;
        _seed = seed;
        _flipHorizontally = flipHorizontally;
        IEnumerable<int> videos = Enumerable.Range(0, dataset.Videos.Count);
        _videos = [.. videos.Where(i => dataset.Videos[i].FrameCount >= sequenceLength)];
        if (_videos.Length == 0)
        {
            DatasetVideo longest = dataset.Videos.MaxBy(video => video.FrameCount)!;
            throw new DatasetException($"{dataset.Folder}: videos must have at least {sequenceLength} frames; "
                + $"the longest, {longest.Name}, has {longest.FrameCount}");
        }
        _lastEpoch = Permute(0);
    }

    /// <summary>The data set of the clips.</summary>
    public VideoDataset Dataset { get; }

    /// <summary>Frames of a clip.</summary>
    public int SequenceLength { get; }

    /// <summary>Number of videos that are long enough, which is the number of clips in an epoch.</summary>
    public int VideoCount => _videos.Length;

    /// <param name="index">Index of the clip in the training, from 0.</param>
    public Clip Sample(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        (long number, long place) = Math.DivRem(index, _videos.Length);
        Epoch epoch = _lastEpoch;
        if (epoch.Number != number) _lastEpoch = epoch = Permute(number);

        int video = epoch.Videos[place];
        int startCount = Dataset.Videos[video].FrameCount - SequenceLength + 1;
        int start = SplitMix.Below(startCount, _seed, StartStream, (ulong)index);
        bool flip = _flipHorizontally && SplitMix.Below(2, _seed, FlipStream, (ulong)index) == 1;
        return new Clip(video, start, flip);
    }

    /// <summary>Fisher-Yates shuffle: from the last element on, element i is swapped with a random one up to
    /// i.</summary>
    private Epoch Permute(long number)
    {
        int[] videos = [.. _videos];
        for (int i = videos.Length - 1; i > 0; i--)
        {
            int other = SplitMix.Below(i + 1, _seed, FirstEpochStream + (ulong)number, (ulong)i);
            (videos[i], videos[other]) = (videos[other], videos[i]);
        }
        return new Epoch(number, videos);
    }

    private sealed record Epoch(long Number, int[] Videos);
}
