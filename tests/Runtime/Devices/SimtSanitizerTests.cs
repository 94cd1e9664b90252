using System.Text.RegularExpressions;

namespace GenKernels.Tests.Runtime.Devices;

/// <summary>
/// Each planted fault of <c>Fault.cu</c> that needs a sanitizer is found by it, and correct code passes.
/// </summary>
public sealed class SimtSanitizerTests
{
    private const int Block = 64;
    private const int Grid = 2;
    private static readonly KernelSource s_join =
        new("Probes/Join.cu", typeof(SimtSanitizerTests).Assembly, [ElementType.Float32, ElementType.Float64]);

    [TestCase("FaultWriteBeyond", "heap-buffer-overflow", "y[", 63, 1)]
    [TestCase("FaultReadBefore", "heap-buffer-overflow", "x[", 0, 0)]
    [TestCase("FaultSharedBeyond", "global-buffer-overflow", "row[threadIdx.x] =", 32, 0)]
    [TestCase("FaultDynamicSharedBeyond", "heap-buffer-overflow", "row[threadIdx.x + 1] =", 63, 0)]
    [TestCase("FaultLocalBeyond", "stack-buffer-overflow", "sums[index] +=", 4, 0)]
    public void AStepOutOfAnArrayIsFound(string name, string kind, string text, int thread, int block)
    {
        using SimtDevice device = new(sanitizer: Sanitizer.Address);
        string expected =
            $"{name} with grid (2, 1, 1), block (64), shared 256 B: AddressSanitizer: {kind} "
            + $"Probes/Fault.cu:{PlantedFault.LineOf(name, text)} in {name}, at thread ({thread}, 0, 0) of block "
            + $"({block}, 0, 0)\n";
        Assert.That(
            () => PlantedFault.Run(name, Block, Grid, device),
            Throws.TypeOf<LaunchException>().With.Message.StartsWith(expected));
    }

    [TestCase("FaultMissingBarrier", "tile[(")]
    [TestCase("FaultShuffleForBarrier", "row[threadIdx.x ^ 1]")]
    [TestCase("FaultSecondRound", "row[threadIdx.x ^ 1]")]
    [TestCase("FaultBlocksInOnePlace", "y[threadIdx.x]")]
    public void AMissingBarrierIsFound(string name, string text)
    {
        using SimtDevice device = new(sanitizer: Sanitizer.Thread);
        string place = Regex.Escape($"{name} Probes/Fault.cu:{PlantedFault.LineOf(name, text)} ");
        Assert.That(
            () => PlantedFault.Run(name, Block, Grid, device),
            Throws.TypeOf<LaunchException>().With.Message.Matches(
                $@"^{name} with grid \(2, 1, 1\), block \(64\), shared 256 B: ThreadSanitizer: data race "
                + $@"Probes/Fault\.cu:\d+ in {name}, at thread \(\d+, 0, 0\) of block \([01], 0, 0\)\n")
                .And.Message.Matches($@"of size 4 at \w+ by thread \w+:\n +#0 {place}"));
    }

    [Test]
    public void ResultsThatDependOnTheOrderAreFound()
    {
        using SimtDevice device = new(sanitizer: Sanitizer.Order);
        Assert.That(
            () => PlantedFault.Run("FaultMissingBarrier", Block, Grid, device),
            Throws.TypeOf<LaunchException>().With.Message.EqualTo(
                "FaultMissingBarrier with grid (2, 1, 1), block (64), shared 256 B: threads in Reverse order give "
                + "other bits than in Forward order, first in argument 1, Float32[2, 64] on simt, at element 0"));
    }

    /// <summary>Which is why ThreadSanitizer is needed.</summary>
    [TestCase("FaultShuffleForBarrier")]
    [TestCase("FaultSecondRound")]
    [TestCase("FaultBlocksInOnePlace")]
    public void SomeRacesGiveTheSameBitsInEveryOrder(string name)
    {
        using SimtDevice device = new(sanitizer: Sanitizer.Order);
        Assert.That(() => PlantedFault.Run(name, Block, Grid, device), Throws.Nothing);
    }

    [Test]
    public void TheDevicesOwnFindingsAreKept([Values] Sanitizer sanitizer)
    {
        using SimtDevice device = new(sanitizer: sanitizer);
        Assert.That(
            () => PlantedFault.Run("FaultShuffleInBranch", Block, Grid, device),
            Throws.TypeOf<LaunchException>().With.Message.Contains("shuffle in divergent code (Common/Warp.cuh:"));
        float[] y = PlantedFault.Run("FaultUnwrittenOutput", Block, Grid, device);
        Assert.That(y.Index().Where(number => float.IsNaN(number.Item)).Select(number => number.Index % Block),
            Is.EqualTo([Block - 1, Block - 1]));
    }

    [Test]
    public void WhatIsRightPassesUnchanged([Values] Sanitizer sanitizer, [Values] ThreadOrder order)
    {
        using SimtDevice device = new(order: order, sanitizer: sanitizer);
        using Tensor x = TestTensors.Normal([5, Block], seed: 3, device);
        using Tensor y = Tensor.Empty([5, Block], ElementType.Float32, device);
        Kernel kernel = device.Load(s_join, ElementType.Float32).Kernel("JoinTree");
        kernel.Launch(new LaunchShape(5, 1, 1, Block), x, y);
        double[] values = x.ToDoubles(), sums = y.ToDoubles();
        for (int index = 0; index < sums.Length; index++)
        {
            double sum = values.Skip(index / Block * Block).Take(Block).Sum();
            Assert.That(sums[index], Is.EqualTo(sum).Within(1e-5));  // of a block of 32-bit floats
        }
    }

    [Test]
    public void TensorsThatShareElementsShareThemUnderASanitizer()
    {
        using SimtDevice device = new(sanitizer: Sanitizer.Address);
        using Tensor both = Tensor.From([1f, 2f, 3f, 4f], [2, 2], device);
        using Tensor second = both.Narrow(1, 1);
        device.Load(PlantedFault.Source, ElementType.Float32).Kernel("FaultUnwrittenOutput")
            .Launch(new LaunchShape(1, 1, 1, 3), second, both);
        Assert.That(both.ToArray<float>(), Is.EqualTo([3f, 4f, 3f, 4f]));
    }
}
