namespace GenKernels.Tests.Runtime.Devices;

/// <summary>Each planted fault of <c>Fault.cu</c> is found by the sanitizer whose business it is.</summary>
public sealed class SimtSanitizerTests
{
    private static readonly KernelSource s_source =
        new("Probes/Fault.cu", typeof(SimtSanitizerTests).Assembly, [ElementType.Float32]);

    [TestCase("FaultWriteBeyond", "heap-buffer-overflow")]
    public void AStepBeyondIsFound(string name, string kind)
    {
        using SimtDevice device = new(sanitizer: Sanitizer.Address);
        Assert.That(() => Run(name, 33, 2, device), Throws.TypeOf<LaunchException>().With.Message.Contains("zzz"));
    }

    private static float[] Run(string name, int block, int grid, SimtDevice device)
    {
        float[] values = [.. Enumerable.Range(0, block).Select(index => index + 1f)];
        using Tensor x = Tensor.From(values, [block], device);
        using Tensor y = Tensor.Empty([grid, block], ElementType.Float32, device);
        LaunchShape shape = new(grid, 1, 1, block, SharedBytes: block * sizeof(float));
        device.Load(s_source, ElementType.Float32).Kernel(name).Launch(shape, x, y);
        return y.ToArray<float>();
    }
    [TestCase("FaultReadBefore")]
    [TestCase("FaultSharedBeyond")]
    [TestCase("FaultDynamicSharedBeyond")]
    [TestCase("FaultLocalBeyond")]
    [TestCase("FaultUnwrittenOutput")]
    [TestCase("FaultBarrierInBranch")]
    public void A(string name)
    {
        using SimtDevice device = new(sanitizer: Sanitizer.Address);
        Assert.That(() => Run(name, 33, 2, device), Throws.TypeOf<LaunchException>().With.Message.Contains("zzz"));
    }
    [TestCase("FaultMissingBarrier")]
    [TestCase("FaultSecondRound")]
    [TestCase("FaultShuffleForBarrier")]
    [TestCase("FaultBlocksInOnePlace")]
    [TestCase("FaultUnwrittenOutput")]
    [TestCase("FaultBarrierInBranch")]
    public void T(string name)
    {
        using SimtDevice device = new(sanitizer: Sanitizer.Thread);
        Assert.That(() => Run(name, 64, 2, device), Throws.TypeOf<LaunchException>().With.Message.Contains("zzz"));
    }
}
