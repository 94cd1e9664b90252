using GenKernels.Kernels.Normalization;

namespace GenKernels.Tests.Runtime.Compilation;

/// <summary>Damaged compiled kernels on disk are compiled again, and the result is right.</summary>
public sealed class DamagedKernelTests
{
    [Test]
    public void ADamagedLibraryIsCompiledAgain()
    {
        using TemporaryFolder folder = new();
        Assert.That(Misses(folder), Is.EqualTo(1), "from cold");
        Assert.That(Misses(folder), Is.Zero, "found");
        foreach (Func<byte[], byte[]> damage in (Func<byte[], byte[]>[])[_ => [], CutInHalf, FlipABit])
        {
            string library = Directory.GetFiles(folder.Path).Single();
            byte[] bytes = damage(File.ReadAllBytes(library));

            // A new file under the same name: the old one is mapped into this process.
            File.Delete(library);
            File.WriteAllBytes(library, bytes);
            Assert.That(Misses(folder), Is.EqualTo(1), damage.Method.Name);
            Assert.That(Misses(folder), Is.Zero, "whole again");
        }
    }

    [Test]
    public void ACacheThatTakesNoFilesIsNamed()
    {
        using HostDevice device = new(new KernelCache("/proc/genkernels"), coreCount: 1);
        using TensorScope scope = device.Scope();
        Tensor x = Tensor.Zeros([2, 2], ElementType.Float32, device);
        Assert.That(
            () => PixelNorm.Forward(x, 1e-8f),
            Throws.TypeOf<IOException>().With.Message.StartsWith("cannot write to the kernel cache /proc/genkernels: ")
                .And.Message.EndsWith("; set GENKERNELS_CACHE to another folder"));
    }

    private static byte[] CutInHalf(byte[] bytes) => bytes[..(bytes.Length / 2)];

    private static byte[] FlipABit(byte[] bytes)
    {
        bytes[bytes.Length / 2] ^= 1;
        return bytes;
    }

    private static int Misses(TemporaryFolder folder)
    {
        using HostDevice device = new(new KernelCache(folder.Path), coreCount: 1);
        using Tensor x = TestTensors.From([3, 4], [1, 2], device, ElementType.Float32);
        using Tensor y = PixelNorm.Forward(x, 1e-8f);
        double scale = 1 / Math.Sqrt((9 + 16) / 2.0);
        Expect.Close(y, [3 * scale, 4 * scale]);
        return device.Cache.Misses;
    }
}
