using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GenKernels.Runtime;

/// <summary>
/// Numbers of one type in the memory of one device, contiguous and row-major. It is freed by <see cref="Dispose"/> or
/// by the <see cref="TensorScope"/> that it was made in, never by the garbage collector.
/// </summary>
public sealed class Tensor : IDisposable
{
    // More than any device has, and small enough that sums of sizes stay below 2^63.
    private const long MostBytes = 1L << 60;

    private readonly DeviceBuffer _buffer;
    private readonly long _offset;
    private int _disposed;

    private Tensor(
        Shape shape, ElementType type, Device device, DeviceBuffer buffer, long offset, bool isScoped = true)
    {
        Shape = shape;
        Type = type;
        Device = device;
        _buffer = buffer;
        _offset = offset;
        Scope = isScoped ? device.CurrentScope : null;
        Scope?.Add(this);
    }

    /// <summary>The sizes, outermost first.</summary>
    public Shape Shape { get; }

    /// <summary>The type of every element.</summary>
    public ElementType Type { get; }

    /// <summary>The device that holds the elements.</summary>
    public Device Device { get; }

    /// <summary>The number of elements.</summary>
    public long ElementCount => Shape.ElementCount;

    /// <summary>The size in bytes.</summary>
    public long Bytes => ElementCount * Type.Size();

    /// <summary>Whether the tensor was disposed.</summary>
    public bool IsDisposed => _disposed != 0 || Device.IsDisposed || _buffer.IsLost;

    /// <summary>The address of the first element in the device's memory.</summary>
    /// <exception cref="ObjectDisposedException">
    /// The tensor was disposed, by its scope or because backward consumed it.
    /// </exception>
    /// <exception cref="RecordingException">
    /// It was made in a step that another thread is recording, and has no memory yet.
    /// </exception>
    public nint Address
    {
        get
        {
            if (IsDisposed)
            {
                throw new ObjectDisposedException(
                    nameof(Tensor), $"the tensor {Shape} on {Device} was disposed, or backward has consumed it");
            }

            if (!_buffer.IsPromised || Device.Recorder is not null) return _buffer.Address + (nint)_offset;
            throw new RecordingException(
                $"{Device}: {this} has no memory before the recording of its step ends; only the thread that records "
                + "may use it");
        }
    }

    internal TensorScope? Scope { get; set; }

    /// <summary>The memory that the tensor views.</summary>
    internal DeviceBuffer Buffer => _buffer;

    /// <summary>Offset of the first element in <see cref="Buffer"/>, in bytes.</summary>
    internal long Offset => _offset;

    /// <returns>A new tensor with uninitialised elements.</returns>
    /// <exception cref="OutOfDeviceMemoryException">The device has no room.</exception>
    /// <exception cref="ShapeException">The size exceeds 2^60 bytes.</exception>
    public static Tensor Empty(Shape shape, ElementType type, Device device)
    {
        bool isTooLarge = shape.ElementCount > MostBytes / type.Size();
        if (isTooLarge) throw new ShapeException($"a tensor has at most 2^60 bytes, {type}{shape} has more");
        DeviceBuffer buffer = device.Memory.Rent(shape.ElementCount * type.Size());
        Tensor tensor = new(shape, type, device, buffer, 0);
        if (!buffer.IsPromised) device.FillNew(tensor.Address, tensor.Bytes);
        return tensor;
    }

    /// <returns>A new tensor of zeros.</returns>
    public static Tensor Zeros(Shape shape, ElementType type, Device device)
    {
        Tensor tensor = Empty(shape, type, device);
        tensor.Clear();
        return tensor;
    }

    /// <param name="values">In row-major order.</param>
    /// <returns>A new tensor with a copy of the values.</returns>
    /// <exception cref="ShapeException">The number of values is not that of the shape.</exception>
    public static Tensor From<T>(ReadOnlySpan<T> values, Shape shape, Device device)
        where T : unmanaged
    {
        Tensor tensor = Empty(shape, ElementTypes.Of<T>(), device);
        try
        {
            tensor.CopyFrom(values);
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="From{T}(ReadOnlySpan{T}, Shape, Device)"/>
    public static Tensor From<T>(T[] values, Shape shape, Device device)
        where T : unmanaged => From((ReadOnlySpan<T>)values, shape, device);

    /// <returns>The same elements under another shape with the same element count, without a copy.</returns>
    /// <exception cref="ShapeException">The number of elements differs.</exception>
    public Tensor View(Shape shape)
    {
        if (shape.ElementCount == ElementCount) return MakeView(shape, 0);
        throw new ShapeException(
            $"a view must keep the number of elements: {Shape} has {ElementCount}, {shape} has {shape.ElementCount}");
    }

    /// <returns>
    /// Entries <paramref name="start"/> up to <paramref name="start"/> + <paramref name="count"/> of the outermost
    /// axis, without a copy.
    /// </returns>
    /// <exception cref="ShapeException">They are not within the axis.</exception>
    public Tensor Narrow(int start, int count)
    {
        if (Shape.Rank == 0 || start < 0 || count < 0 || start > Shape[0] - count)
        {
            throw new ShapeException(
                $"entries {start} to {(long)start + count} are not within the outermost axis of {Shape}");
        }

        return MakeView(Shape.With(0, count), start * Shape.Product(1, Shape.Rank) * Type.Size());
    }

    /// <returns>
    /// A run of the elements, from number <paramref name="start"/> in row-major order, under another shape, without a
    /// copy.
    /// </returns>
    /// <exception cref="ShapeException">They are not within the tensor.</exception>
    public Tensor Part(long start, Shape shape)
    {
        if (start >= 0 && start <= ElementCount - shape.ElementCount) return MakeView(shape, start * Type.Size());
        throw new ShapeException($"elements {start} to {start + shape.ElementCount} are not within {Shape}");
    }

    /// <summary>Takes the tensor out of its scope: from now on the caller disposes it.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Unscoped()
    {
        Scope = null;
        return this;
    }

    /// <summary>Copies all elements to host memory once all earlier work is done.</summary>
    /// <exception cref="ArgumentException">
    /// <typeparamref name="T"/> is not the tensor's type, or the length differs.
    /// </exception>
    public void CopyTo<T>(Span<T> destination)
        where T : unmanaged
    {
        CheckTransfer<T>(destination.Length);
        Device.CopyToHost(Address, MemoryMarshal.AsBytes(destination));
    }

    /// <summary>Copies the elements from host memory.</summary>
    /// <exception cref="ArgumentException">
    /// <typeparamref name="T"/> is not the tensor's type, or the length differs.
    /// </exception>
    public void CopyFrom<T>(ReadOnlySpan<T> source)
        where T : unmanaged
    {
        CheckTransfer<T>(source.Length);
        Device.CopyFromHost(MemoryMarshal.AsBytes(source), Address);
    }

    /// <summary>Copies the elements from a tensor of the same shape, type and device.</summary>
    public void CopyFrom(Tensor source)
    {
        Require.Same(this, source);
        Device.Recorder?.Hold(source);
        Device.Recorder?.Hold(this);
        Device.Copy(source.Address, Address, Bytes);
    }

    /// <summary>Sets all elements to zero.</summary>
    public void Clear()
    {
        Device.Recorder?.Hold(this);
        Device.Clear(Address, Bytes);
    }

    /// <returns>All elements, in row-major order.</returns>
    public T[] ToArray<T>()
        where T : unmanaged
    {
        T[] values = new T[ElementCount];
        CopyTo<T>(values);
        return values;
    }

    /// <returns>A tensor that borrows its memory and need not be disposed; the caller keeps the buffer alive.</returns>
    internal static Tensor Over(Shape shape, ElementType type, Device device, DeviceBuffer buffer, long offset) =>
        new(shape, type, device, buffer, offset, isScoped: false);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        Scope = null;
        _buffer.Release();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Type}{Shape} on {Device}";

    private Tensor MakeView(Shape shape, long byteOffset)
    {
        _ = Address;  // throws where the tensor was disposed
        _buffer.AddReference();
        return new Tensor(shape, Type, Device, _buffer, _offset + byteOffset);
    }

    private void CheckTransfer<T>(int length, [CallerMemberName] string caller = "")
        where T : unmanaged
    {
        if (ElementTypes.Of<T>() != Type)
        {
            throw new ArgumentException($"{caller}: the tensor holds {Type}, not {typeof(T).Name}");
        }

        if (length == ElementCount) return;
        throw new ShapeException($"{caller}: {Shape} has {ElementCount} elements, got {length}");
    }
}
