namespace GenKernels.Tests.Runtime.Devices;

/// <summary>Each fault of <c>WarpgroupFault.cu</c> is found by the simt device.</summary>
public sealed class WarpgroupFaultTests
{
    private const int Threads = 128;

    private static readonly KernelSource s_source =
        new("Probes/WarpgroupFault.cu", typeof(WarpgroupFaultTests).Assembly, [ElementType.Float16]);

    /// <summary>The same as in the kernel.</summary>
    private enum Fault
    {
        None, NoWait, NoCommit, NoFence, NoProxyFence, WriteDuringIt, InBranch, OtherDescriptors, OtherSwizzle,
        BeyondShared, RegisterDuringIt,
    }

    [Test]
    public void WithoutAFaultTheProductIsRight([Values] ThreadOrder order) =>
        Assert.That(Run(Fault.None, order), Is.All.EqualTo(16));

    [Test]
    public void WhatNobodyWaitedForOrCommittedIsNaN([Values] ThreadOrder order)
    {
        Assert.That(Run(Fault.NoWait, order), Is.All.NaN);
        Assert.That(Run(Fault.NoCommit, order), Is.All.NaN);
    }

    [TestCase(nameof(Fault.NoFence), "multiplication of a warpgroup has no fence since the last group")]
    [TestCase(nameof(Fault.NoProxyFence), "of a warpgroup has no fence between the proxies after copies")]
    [TestCase(nameof(Fault.WriteDuringIt), "wait of a warpgroup comes after a write over what")]
    [TestCase(nameof(Fault.RegisterDuringIt), "wait of a warpgroup comes after a write over what")]
    [TestCase(nameof(Fault.OtherDescriptors), "multiplication of a warpgroup has not the same descriptors in every")]
    [TestCase(nameof(Fault.OtherSwizzle), "multiplication of a warpgroup has a descriptor of another kind")]
    [TestCase(nameof(Fault.BeyondShared), "multiplication of a warpgroup reads beyond the block's shared memory")]
    [TestCase(nameof(Fault.InBranch), "reached by 64 of the 128 threads of a warpgroup; thread (1, 0, 0) has returned")]
    public void AFaultIsRefused(string fault, string message) =>
        Assert.That(
            () => Run(Enum.Parse<Fault>(fault), ThreadOrder.Forward),
            Throws.TypeOf<LaunchException>().With.Message.Contains(message)
                .And.Message.Contains("(Probes/WarpgroupFault.cu:"));

    [Test]
    public void PartOfAWarpgroupIsRefused() =>
        Assert.That(
            () => Run(Fault.None, ThreadOrder.Forward, threads: 96),
            Throws.TypeOf<LaunchException>().With.Message.Contains("fence of a warpgroup needs a whole warpgroup"));

    private static float[] Run(Fault fault, ThreadOrder order, int threads = Threads)
    {
        using SimtDevice device = new(order: order, sanitizer: Sanitizer.None);
        using Tensor ones = Tensor.From([.. Enumerable.Repeat(Half.One, 8)], [8], device);
        using Tensor y = Tensor.Empty([threads], ElementType.Float32, device);
        LaunchShape shape = new(1, 1, 1, threads, SharedBytes: 1024 + (2 * 64 * 128));
        device.Load(s_source, ElementType.Float16).Kernel("WarpgroupFault").Launch(shape, ones, y, (int)fault);
        return y.ToArray<float>();
    }
}
