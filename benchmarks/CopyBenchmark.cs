using GenKernels.Kernels;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks;

/// <summary>A copy of 256 MiB: one device-to-device copy on a GPU, a part per core on a CPU.</summary>
internal sealed class CopyBenchmark : IBenchmark
{
    private const int Size = 256 << 20;
    private Tensor? _source;
    private Tensor? _target;

    /// <summary>Bytes read plus bytes written.</summary>
    internal const long Bytes = 2L * Size;

    public void Prepare()
    {
        _source = Tensor.Zeros([Size], ElementType.UInt8, BenchmarkDevice.Device).Unscoped();
        _target = Tensor.Zeros([Size], ElementType.UInt8, BenchmarkDevice.Device).Unscoped();
    }

    public void Launch() => CeilingMeasurement.Copy(_source!, _target!);

    public void Dispose()
    {
        BenchmarkDevice.Device.Synchronize();
        _source?.Dispose();
        _target?.Dispose();
    }
}
