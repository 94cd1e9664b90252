using static GenKernels.Tests.Runtime.Devices.PlantedFault;

namespace GenKernels.Tests.Runtime.Devices;

/// <summary>Each planted fault of <c>Fault.cu</c> that needs no sanitizer is found.</summary>
public sealed class SimtFaultTests
{
    [Test]
    public void AMissingBarrierGivesAnotherResultInAnotherOrder([Values(2, 33, 256)] int block)
    {
        float[] forward = Run("FaultMissingBarrier", block, ThreadOrder.Forward);
        float[] reverse = Run("FaultMissingBarrier", block, ThreadOrder.Reverse);
        float[] random = Run("FaultMissingBarrier", block, ThreadOrder.Random);
        Assert.That(reverse, Is.Not.EqualTo(forward));
        if (block > 2) Assert.That(random, Is.Not.EqualTo(forward).And.Not.EqualTo(reverse));
    }

    [Test]
    public void ARandomOrderIsDrawnAnewForEveryLaunch()
    {
        using SimtDevice device = new(order: ThreadOrder.Random, sanitizer: Sanitizer.None);
        float[] first = PlantedFault.Run("FaultMissingBarrier", 64, 1, device);
        float[] second = PlantedFault.Run("FaultMissingBarrier", 64, 1, device);
        Assert.That(second, Is.Not.EqualTo(first));
    }

    [Test]
    public void ABarrierThatHalfTheBlockSkipsIsRefused() =>
        Assert.That(
            () => Run("FaultBarrierInBranch", block: 64, grid: 100),
            Throws.TypeOf<LaunchException>().With.Message.Matches(
                @"^FaultBarrierInBranch with .*: __syncthreads in divergent code \(Probes/Fault\.cu:"
                + LineOf("FaultBarrierInBranch", "__syncthreads") + @"\): in block \(\d+, 0, 0\) "
                + @"it was reached by 32 of the 64 threads of a block; thread \(32, 0, 0\) has returned$"));

    [Test]
    public void TwoBarriersInTwoBranchesAreNotOne() =>
        Assert.That(
            () => Run("FaultTwoBarriers", block: 64),
            Throws.TypeOf<LaunchException>().With.Message.Contains(
                $"__syncthreads in divergent code (Probes/Fault.cu:{LineOf("FaultTwoBarriers", "__syncthreads")}): "
                + "in block (0, 0, 0) it was reached by 1 of the 64 threads of a block; thread (1, 0, 0) waits at "
                + $"__syncthreads (Probes/Fault.cu:{LineOf("else", "__syncthreads")})"));

    [Test]
    public void AShuffleThatLanesPassByIsRefused() =>
        Assert.That(
            () => Run("FaultShuffleInBranch", block: 32),
            Throws.TypeOf<LaunchException>().With.Message.Contains("shuffle in divergent code (Common/Warp.cuh:")
                .And.Message.Contains("reached by 16 of the 32 threads of a warp; thread (1, 0, 0) waits at "
                + $"__syncthreads (Probes/Fault.cu:{LineOf("FaultShuffleInBranch", "__syncthreads")})"));

    [Test]
    public void AWarpBarrierThatALaneLeftBeforeIsRefused() =>
        Assert.That(
            () => Run("FaultWarpBarrierAfterReturn", block: 33),
            Throws.TypeOf<LaunchException>().With.Message.Contains(
                "WarpBarrier in divergent code (Probes/Fault.cu:"
                + LineOf("FaultWarpBarrierAfterReturn", "WarpBarrier();") + ")")
                .And.Message.Contains("reached by 31 of the 32 threads of a warp; thread (3, 0, 0) has returned"));

    [TestCase("FaultUnwrittenShared")]
    [TestCase("FaultUnwrittenDynamicShared")]
    [TestCase("FaultUnwrittenOutput")]
    public void WhatNobodyWroteIsNaNAndTheRestIsNot(string name)
    {
        float[] y = Run(name, block: 33, grid: 3);
        for (int index = 0; index < y.Length; index++)
        {
            Assert.That(float.IsNaN(y[index]), Is.EqualTo(index % 33 == 32), $"element {index}");
        }
    }

    [Test]
    public void ASharedArrayThatIsNeverWrittenIsNaN() =>
        Assert.That(Run("FaultNeverWrittenShared", block: 2), Is.All.NaN);

    [TestCase("FaultMissingCopyWait")]
    [TestCase("FaultCopyWaitTooShort")]
    public void WhatNobodyWaitedForIsNaN(string name) => Assert.That(Run(name, block: 64), Is.All.NaN);

    [Test]
    public void ACopyOverWhatOthersStillReadIsNaN() =>
        Assert.That(Run("FaultCopyOverReads", block: 64), Has.Some.NaN);

    [Test]
    public void ACopyThatIsNotAlignedIsRefused() =>
        Assert.That(
            () => Run("FaultCopyMisaligned", block: 64),
            Throws.TypeOf<LaunchException>().With.Message.Contains(
                "copy needs addresses aligned to 16 bytes (Probes/Fault.cu:"
                + LineOf("FaultCopyMisaligned", "CopyAsync") + "): thread (3, 0, 0) of block (0, 0, 0)"));

    [Test]
    public void AMultiplicationThatALanePassesByIsRefused() =>
        Assert.That(
            () => Run("FaultMultiplicationInBranch", block: 64),
            Throws.TypeOf<LaunchException>().With.Message.Contains(
                "matrix multiplication in divergent code (Probes/Fault.cu:"
                + LineOf("FaultMultiplicationInBranch", "Multiply(") + ")")
                .And.Message.Contains("reached by 31 of the 32 threads of a warp; thread (0, 0, 0) waits at "));

    [Test]
    public void AMultiplicationOfPartOfAWarpIsRefused() =>
        Assert.That(
            () => Run("FaultMultiplicationInBranch", block: 31),
            Throws.TypeOf<LaunchException>().With.Message.Contains("matrix multiplication needs a whole warp"));

    [Test]
    public void ALoadOfRowsThatAreNotAlignedIsRefused() =>
        Assert.That(
            () => Run("FaultLoadOfOddRows", block: 32),
            Throws.TypeOf<LaunchException>().With.Message.Contains(
                "load of matrices needs rows aligned to 16 bytes (Probes/Fault.cu:"));

    [Test]
    public void ADeviceWorksOnAfterAFault()
    {
        using SimtDevice device = new(sanitizer: Sanitizer.None);
        Assert.That(() => PlantedFault.Run("FaultTwoBarriers", 64, 8, device), Throws.TypeOf<LaunchException>());
        Assert.That(PlantedFault.Run("FaultUnwrittenOutput", 64, 8, device)[..63], Has.None.NaN);
    }

    [Test]
    public void ABlockOfTooManyThreadsIsRefused() =>
        Assert.That(
            () => Run("FaultUnwrittenOutput", block: 1025),
            Throws.TypeOf<LaunchException>().With.Message.Contains(
                "a block has 1 to 1024 threads, this launch asks for 1025"));

    private static float[] Run(string name, int block, ThreadOrder order = ThreadOrder.Forward, int grid = 1)
    {
        using SimtDevice device = new(order: order, sanitizer: Sanitizer.None);
        return PlantedFault.Run(name, block, grid, device);
    }
}
