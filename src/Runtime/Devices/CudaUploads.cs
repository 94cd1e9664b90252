using GenKernels.Runtime.Interop;
using static GenKernels.Runtime.Interop.CudaDriver;

namespace GenKernels.Runtime;

/// <summary>
/// Pinned memory through which small uploads pass: the driver copies from it while the program goes on, so that the
/// numbers of a step (a learning rate, random draws) do not make the program wait for the GPU, and then the GPU for the
/// program.
/// </summary>
/// <param name="device">Whose memory is written.</param>
internal sealed unsafe class CudaUploads(CudaDevice device) : IDisposable
{
    /// <summary>The most bytes of an upload that passes through here: larger ones are worth a wait.</summary>
    internal const int Largest = 64 << 10;

    /// <summary>Bytes of pinned memory; the stream is waited for whenever they are used up.</summary>
    internal const int Capacity = 1 << 20;

    private const int Alignment = 64;
    private readonly Lock _lock = new();
    private byte* _memory;
    private int _used;

    /// <summary>Copies to the device in the order of its stream; the source may be reused on return.</summary>
    /// <param name="source">At most <see cref="Largest"/> bytes.</param>
    /// <param name="destination">In the device's memory.</param>
    internal void Copy(ReadOnlySpan<byte> source, nint destination)
    {
        lock (_lock)
        {
            if (_memory == null) _memory = Allocate();
            if (_used + source.Length > Capacity)
            {
                device.Synchronize();  // all that was copied from here has arrived
                _used = 0;
            }

            byte* staged = _memory + _used;
            source.CopyTo(new Span<byte>(staged, source.Length));
            device.Check(cuMemcpyHtoDAsync_v2(destination, staged, (nuint)source.Length, device.Stream));
            _used += Quotient.Up(source.Length, Alignment) * Alignment;
        }
    }

    /// <summary>Frees the memory, of which no copy may be on its way.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_memory != null) cuMemFreeHost(_memory);
            _memory = null;
        }
    }

    private static byte* Allocate()
    {
        void* memory;
        cuMemHostAlloc(&memory, Capacity, 0).ThrowIfFailed();
        return (byte*)memory;
    }
}
