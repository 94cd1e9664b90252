using GenKernels.Kernels.MatrixProduct;
using GenKernels.Kernels.Random;
using GenKernels.Runtime.Interop;

namespace GenKernels.Kernels;

/// <summary>Measures the copy bandwidth and matrix-product throughput that a device reaches at best.</summary>
public static class CeilingMeasurement
{
    private const int CopiedBytes = 256 << 20;
    private const int Tries = 6;

    /// <summary>Measures a device that is otherwise idle; takes some seconds on a CPU.</summary>
    /// <param name="device">
    /// The device to measure; it needs 512 MiB of memory for a moment, on a GPU up to 1.5 GiB, for 64-bit floats.
    /// </param>
    /// <param name="types">Types whose matrix products are measured; integer types are skipped.</param>
    /// <returns>The best of several attempts.</returns>
    public static DeviceCeiling Of(Device device, params IEnumerable<ElementType> types) => new(
        CopyBytesPerSecond(device),
        types.Distinct().Where(type => AllFloats.Contains(type))
            .ToDictionary(type => type, type => ProductsPerSecond(device, type)));

    /// <summary>Copies at full bandwidth: on a CPU, every core copies a part.</summary>
    /// <param name="source">Any tensor.</param>
    /// <param name="target">A tensor of as many bytes, on the same device.</param>
    public static void Copy(Tensor source, Tensor target)
    {
        Device device = source.Device;
        int parts = device.Kind == DeviceKind.Cuda ? 1 : device.ProcessorCount;
        Parallel.For(0, parts, part =>
        {
            nint first = (nint)(source.Bytes * part / parts), end = (nint)(source.Bytes * (part + 1) / parts);
            device.Copy(source.Address + first, target.Address + first, end - first);
        });
    }

    /// <returns>Bytes read and written per second by a copy of 256 MiB.</returns>
    /// <param name="device">The device to measure.</param>
    public static double CopyBytesPerSecond(Device device)
    {
        using Tensor source = Tensor.Zeros([CopiedBytes], ElementType.UInt8, device);
        using Tensor target = Tensor.Zeros([CopiedBytes], ElementType.UInt8, device);
        return 2.0 * CopiedBytes / Best(device, () => Copy(source, target));
    }

    /// <returns>Operations per second of a large matrix product, on a GPU by cuBLASLt if present.</returns>
    /// <param name="device">The device to measure.</param>
    /// <param name="type">A float type.</param>
    /// <exception cref="ArgumentException">The type is not a float type.</exception>
    public static double ProductsPerSecond(Device device, ElementType type)
    {
        // Large enough to fill the device; on simt, where every thread is a fiber, the least that is meaningful.
        int size = device.Kind switch { DeviceKind.Cuda => 8192, DeviceKind.Host => 1536, _ => 64 };

        // Random, because a GPU that multiplies zeros draws less power and is faster than with any other numbers.
        using RandomGenerator random = new(device, seed: 1);
        using Tensor x = random.Uniform([1, size, size], type);
        using Tensor w = random.Uniform([1, size, size], type);
        double seconds = device is CudaDevice cuda && NativeLibraries.CuBlasLt.IsFound
            ? Best(device, () => Multiply(cuda, x, w, size))
            : Best(device, () => MatMul.Forward(x, w).Dispose());
        return 2.0 * size * size * size / seconds;
    }

    private static void Multiply(CudaDevice device, Tensor x, Tensor w, int size)
    {
        using Tensor y = Tensor.Empty(x.Shape, x.Type, device);
        device.Blas.Multiply(new CudaProductShape(size, size, size), x, w, y, LaunchCost.Of(x, w, y));
    }

    private static double Best(Device device, Action work)
    {
        work();
        TimeSpan best = TimeSpan.MaxValue;
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            using DeviceEvent begin = device.RecordEvent();
            work();
            using DeviceEvent end = device.RecordEvent();
            TimeSpan time = end.Since(begin);
            if (time < best) best = time;
        }

        return best.TotalSeconds;
    }
}
