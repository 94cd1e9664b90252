using System.Buffers;
using System.Runtime.ExceptionServices;
using GenKernels.Train.Video;

namespace GenKernels.Train.Data;

/// <summary>Decodes batches of clips on other threads, ahead of the training loop.</summary>
/// <remarks>
/// Batch b holds samples b N .. b N + N - 1, whatever the number of threads. <c>prefetch</c> + 1 buffers are allocated
/// once: the caller holds one while the others are filled. For one consumer thread.
/// </remarks>
public sealed class ClipLoader : IDisposable
{
    private readonly ClipSampler _sampler;
    private readonly int _batchSize;
    private readonly int _frameLength;
    private readonly CancellationTokenSource _stop = new();
    private readonly Queue<Task<float[]>> _pending = [];
    private readonly ParallelOptions _parallel;
    private float[] _taken;
    private long _nextToStart;
    private ExceptionDispatchInfo? _fault;
    private bool _disposed;

    /// <param name="sampler">Chooses the clips; its data set must stay open as long as the loader.</param>
    /// <param name="batchSize">N, clips in a batch; positive.</param>
    /// <param name="startIndex">Sample index of the first clip; 0 for a new training, <see cref="NextIndex"/> to
    /// continue one.</param>
    /// <param name="prefetch">Batches decoded ahead; positive.</param>
    /// <exception cref="DatasetException">The buffers do not fit into memory.</exception>
    public ClipLoader(ClipSampler sampler, int batchSize, long startIndex = 0, int prefetch = 2)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        ArgumentOutOfRangeException.ThrowIfNegative(startIndex);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(prefetch);
        _sampler = sampler;
        _batchSize = batchSize;
        _frameLength = sampler.Dataset.Height * sampler.Dataset.Width * 3;
        _parallel = new ParallelOptions { CancellationToken = _stop.Token };
        NextIndex = _nextToStart = startIndex;
        long length = (long)batchSize * sampler.SequenceLength * _frameLength;
        long batches = prefetch + 1;
        long bytes = length * sizeof(float) * batches;
        long room = Math.Min(
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, batches * sizeof(float) * Array.MaxLength);
        if (bytes > room)
        {
            throw new DatasetException(
                $"{sampler.Dataset.Folder}: {batchSize} clips of {sampler.SequenceLength} frames at a time need "
                + $"{bytes / 1e9:F1} GB, but at most {room / 1e9:F1} GB is available; use fewer");
        }
        _taken = new float[length];
        for (int i = 0; i < prefetch; i++) Start(new float[length]);
    }

    /// <summary>Sample index of the first clip of the batch that <see cref="Next"/> returns next.</summary>
    public long NextIndex { get; private set; }

    /// <summary>Waits for the next batch.</summary>
    /// <returns><c>[N, T, H, W, 3]</c>, values 2 byte / 255 - 1; valid until the next call or Dispose.</returns>
    /// <exception cref="DatasetException">A frame cannot be decoded; every later call throws the same.</exception>
    /// <exception cref="ObjectDisposedException">The loader was disposed.</exception>
    public ReadOnlySpan<float> Next()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _fault?.Throw();
        float[] batch;
        try
        {
            batch = _pending.Dequeue().GetAwaiter().GetResult();
        }
        catch (AggregateException fault)
        {
            _fault = ExceptionDispatchInfo.Capture(fault.Flatten().InnerExceptions[0]);
            _fault.Throw();
            throw;
        }
        Start(_taken);
        _taken = batch;
        NextIndex += _batchSize;
        return batch;
    }

    /// <summary>Cancels the decoding in progress and waits for it to end.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _stop.Cancel();
        foreach (Task<float[]> task in _pending) task.ContinueWith(static _ => { }, TaskScheduler.Default).Wait();
        _stop.Dispose();
    }

    private void Start(float[] buffer)
    {
        long index = _nextToStart;
        _nextToStart += _batchSize;
        _pending.Enqueue(Task.Run(() => Fill(buffer, index), _stop.Token));
    }

    private float[] Fill(float[] buffer, long index)
    {
        Clip[] clips = [.. Enumerable.Range(0, _batchSize).Select(i => _sampler.Sample(index + i))];
        int length = _sampler.SequenceLength;
        Parallel.For(0, _batchSize * length, _parallel, i =>
        {
            Clip clip = clips[i / length];
            Decode(clip, clip.Start + i % length, buffer.AsSpan(i * _frameLength, _frameLength));
        });
        return buffer;
    }

    private void Decode(Clip clip, int frame, Span<float> values)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(_frameLength);
        Span<byte> rgb = rented.AsSpan(0, _frameLength);
        _sampler.Dataset.ReadFrame(clip.Video, frame, rgb);
        if (clip.FlipHorizontally) Mirror(rgb, _sampler.Dataset.Width);
        FrameConversion.ToValues(rgb, values);
        ArrayPool<byte>.Shared.Return(rented);
    }

    private static void Mirror(Span<byte> rgb, int width)
    {
        for (int row = 0; row < rgb.Length; row += width * 3)
        {
            Span<byte> pixels = rgb.Slice(row, width * 3);
            pixels.Reverse();  // also reverses the channels within each pixel, which the next line undoes
            for (int x = 0; x < pixels.Length; x += 3) (pixels[x], pixels[x + 2]) = (pixels[x + 2], pixels[x]);
        }
    }
}
