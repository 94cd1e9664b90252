using GenKernels.Runtime.Interop;
using static GenKernels.Runtime.Interop.CuDnn;

namespace GenKernels.Runtime;

/// <summary>One of cuDNN's backend descriptors, owned: made, given its attributes, finished, destroyed.</summary>
internal sealed unsafe class CudaDnnDescriptor : IDisposable
{
    private cudnnBackendDescriptor_t _handle;

    /// <exception cref="CudaException">There is no room for it.</exception>
    internal CudaDnnDescriptor(cudnnBackendDescriptorType_t type)
    {
        cudnnBackendDescriptor_t handle;
        cudnnBackendCreateDescriptor(type, &handle).ThrowIfFailed($"cudnnBackendCreateDescriptor({type})");
        _handle = handle;
    }

    internal cudnnBackendDescriptor_t Handle => _handle;

    /// <returns>This, with an attribute set.</returns>
    /// <exception cref="CudaException">The library does not take it.</exception>
    internal CudaDnnDescriptor Set<T>(
        cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, params ReadOnlySpan<T> values)
        where T : unmanaged
    {
        fixed (T* elements = values)
        {
            cudnnBackendSetAttribute(_handle, name, type, values.Length, elements)
                .ThrowIfFailed($"cudnnBackendSetAttribute of {name}");
        }

        return this;
    }

    /// <inheritdoc cref="Set{T}(cudnnBackendAttributeName_t, cudnnBackendAttributeType_t, ReadOnlySpan{T})"/>
    internal CudaDnnDescriptor Set(cudnnBackendAttributeName_t name, params ReadOnlySpan<long> values) =>
        Set(name, cudnnBackendAttributeType_t.CUDNN_TYPE_INT64, values);

    /// <inheritdoc cref="Set{T}(cudnnBackendAttributeName_t, cudnnBackendAttributeType_t, ReadOnlySpan{T})"/>
    internal CudaDnnDescriptor Set(cudnnBackendAttributeName_t name, CudaDnnDescriptor value) =>
        Set(name, cudnnBackendAttributeType_t.CUDNN_TYPE_BACKEND_DESCRIPTOR, value._handle);

    /// <summary>Lets the library check the attributes, which stay as they are from then on.</summary>
    /// <returns>What it says.</returns>
    internal cudnnStatus_t TryFinish() => cudnnBackendFinalize(_handle);

    /// <returns>This, finished.</returns>
    /// <param name="what">What the descriptor is of, for people.</param>
    /// <exception cref="CudaException">The attributes do not fit.</exception>
    internal CudaDnnDescriptor Finish(string what)
    {
        TryFinish().ThrowIfFailed($"cudnnBackendFinalize of {what}");
        return this;
    }

    /// <summary>Reads as many elements of an attribute as there are, or as there is room for.</summary>
    /// <returns>How many there are.</returns>
    internal int Get<T>(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, Span<T> values)
        where T : unmanaged
    {
        long count = 0;
        fixed (T* elements = values)
        {
            cudnnBackendGetAttribute(_handle, name, type, values.Length, &count, elements)
                .ThrowIfFailed($"cudnnBackendGetAttribute of {name}");
        }

        return (int)count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_handle.Value != 0) cudnnBackendDestroyDescriptor(_handle);
        _handle = default;
    }
}
