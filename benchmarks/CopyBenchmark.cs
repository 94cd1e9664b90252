using GenKernels.Kernels;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks;

/// <summary>A copy of 256 MiB: a GPU copies with all it has; on a CPU every core takes a part.</summary>
internal sealed class CopyBenchmark : IBenchmark
{
    private const int Size = 256 << 20;
    private Tensor? _source;
    private Tensor? _target;

    /// <summary>Read and written.</summary>
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
