using GenKernels.Runtime;

namespace GenKernels.Benchmarks;

/// <summary>What every launch of a case reads, such as one number a clip; made when the first launch asks.</summary>
/// <param name="values">In row-major order.</param>
/// <param name="shape">Of the tensor.</param>
internal sealed class DeviceConstant<T>(T[] values, Shape shape)
    where T : unmanaged
{
    private readonly Lazy<Tensor> _tensor =
        new(() => Tensor.From(values, shape, BenchmarkDevice.Device).Unscoped());

    /// <summary>A vector.</summary>
    internal DeviceConstant(params T[] values)
        : this(values, [values.Length])
    {
    }

    /// <summary>On the device that is measured.</summary>
    internal Tensor Value => _tensor.Value;
}
