using GenKernels.Runtime;

namespace GenKernels.Benchmarks;

/// <summary>A tensor that every launch of a case reads, such as one number per clip; created at the first
/// launch.</summary>
/// <param name="values">Elements in row-major order.</param>
/// <param name="shape">Shape of the tensor.</param>
internal sealed class DeviceConstant<T>(T[] values, Shape shape)
    where T : unmanaged
{
    private readonly Lazy<Tensor> _tensor =
        new(() => Tensor.From(values, shape, BenchmarkDevice.Device).Unscoped());

    /// <summary>Creates a vector.</summary>
    internal DeviceConstant(params T[] values)
        : this(values, [values.Length])
    {
    }

    /// <summary>The tensor, on the measured device.</summary>
    internal Tensor Value => _tensor.Value;
}
