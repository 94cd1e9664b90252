using GenKernels.Runtime.Interop;
using static GenKernels.Runtime.Interop.CuDnn;

namespace GenKernels.Runtime;

/// <summary>Owns a cuDNN backend descriptor: created, given its attributes, finalised, destroyed.</summary>
internal sealed unsafe class CudaDnnDescriptor : IDisposable
{
    private cudnnBackendDescriptor_t _handle;

    /// <exception cref="CudaException">The library could not create it.</exception>
    internal CudaDnnDescriptor(cudnnBackendDescriptorType_t type)
    {
        cudnnBackendDescriptor_t handle;
        cudnnBackendCreateDescriptor(type, &handle).ThrowIfFailed($"cudnnBackendCreateDescriptor({type})");
        _handle = handle;
    }

    internal cudnnBackendDescriptor_t Handle => _handle;

    /// <returns>This, with an attribute set.</returns>
    /// <exception cref="CudaException">The library refused the attribute.</exception>
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

    /// <summary>Finalises: the library checks the attributes, which are fixed from then on.</summary>
    /// <returns>The library's status.</returns>
    internal cudnnStatus_t TryFinish() => cudnnBackendFinalize(_handle);

    /// <returns>This, finalised.</returns>
    /// <param name="what">What the descriptor describes, for messages.</param>
    /// <exception cref="CudaException">The library refused the attributes.</exception>
    internal CudaDnnDescriptor Finish(string what)
    {
        TryFinish().ThrowIfFailed($"cudnnBackendFinalize of {what}");
        return this;
    }

    /// <summary>Reads the elements of an attribute, as many as <paramref name="values"/> holds.</summary>
    /// <returns>The number that there are, which may be larger.</returns>
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
