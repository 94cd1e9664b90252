using static GenKernels.Tests.Runtime.Interop.PretendedProcess;

namespace GenKernels.Tests.Runtime.Interop;

// Uploads: the pretended driver reads their sources as late as a real one may.
public sealed partial class CudaDeviceTests
{
    [Test]
    public void SmallUploadsWaitForNothingAndTheirSourcesMayChange() => InChild(() =>
    {
        using CudaDevice device = Open();
        using Tensor x = Tensor.Zeros([3], ElementType.Float32, device);
        using Tensor y = Tensor.Zeros([3], ElementType.Float32, device);
        int before = PretendedCuda.Waits();
        float[] source = [1, 2, 3];
        x.CopyFrom<float>(source);
        source.AsSpan().Fill(7);
        y.CopyFrom<float>(source);
        Assert.That(PretendedCuda.Waits(), Is.EqualTo(before));
        Assert.That(x.ToArray<float>(), Is.EqualTo(new[] { 1f, 2, 3 }));
        Assert.That(y.ToArray<float>(), Is.EqualTo(new[] { 7f, 7, 7 }));
    });

    [Test]
    public void MoreUploadsThanPinnedMemoryHoldsArriveWhole() => InChild(() =>
    {
        using CudaDevice device = Open();
        const int Length = (CudaUploads.Largest / sizeof(int)) - 1, Count = 40;
        Assert.That((long)Count * CudaUploads.Largest, Is.GreaterThan(2 * CudaUploads.Capacity));
        using TensorScope scope = device.Scope();
        Tensor[] uploaded = new Tensor[Count];
        int before = PretendedCuda.Waits();
        for (int index = 0; index < Count; index++)
        {
            uploaded[index] = Tensor.From([.. Enumerable.Range(index, Length)], [Length], device);
        }

        Assert.That(PretendedCuda.Waits() - before, Is.EqualTo(2), "once whenever the memory is used up");
        for (int index = 0; index < Count; index++)
        {
            Assert.That(uploaded[index].ToArray<int>(), Is.EqualTo(Enumerable.Range(index, Length)));
        }
    });

    [Test]
    public void LargeUploadsAreWaitedFor() => InChild(() =>
    {
        using CudaDevice device = Open();
        int[] source = [.. Enumerable.Range(0, (CudaUploads.Largest / sizeof(int)) + 1)];
        int before = PretendedCuda.Waits();
        using Tensor x = Tensor.From(source, [source.Length], device);
        Assert.That(PretendedCuda.Waits(), Is.EqualTo(before + 1));
        Assert.That(x.ToArray<int>(), Is.EqualTo(source));
    });
}
