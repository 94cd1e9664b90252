namespace GenKernels.Tests.Runtime.Devices;

public sealed class LaunchShapeTests
{
    [TestCase(0, 1)]
    [TestCase(1, 1)]
    [TestCase(4096, 1)]
    [TestCase(4097, 2)]
    [TestCase(3_000_000_000, 732_422)]
    public void ElementsAreSharedOutByBlocks(long elements, long blocks)
    {
        Assert.That(LaunchShape.Elements(TestDevices.Host, elements), Is.EqualTo(new LaunchShape(blocks, 1, 1, 1)));
        Assert.That(LaunchShape.Elements(TestDevices.Simt, elements), Is.EqualTo(new LaunchShape(blocks, 1, 1, 256)));
    }

    [TestCase(0, 1, 1)]
    [TestCase(1, 1, 1)]
    [TestCase(8, 8, 1)]
    [TestCase(9, 9, 2)]
    public void EveryRowHasAWarp(long rows, long hostBlocks, long simtBlocks)
    {
        Assert.That(LaunchShape.WarpPerRow(TestDevices.Host, rows), Is.EqualTo(new LaunchShape(hostBlocks, 1, 1, 1)));
        Assert.That(LaunchShape.WarpPerRow(TestDevices.Simt, rows), Is.EqualTo(new LaunchShape(simtBlocks, 1, 1, 256)));
    }

    [Test]
    public void ThereIsAlwaysABlock()
    {
        LaunchShape shape = LaunchShape.Blocks(TestDevices.Simt, 0, 3, 5);
        Assert.That((shape.GridX, shape.BlockCount), Is.EqualTo((1L, 15L)));
    }

    [Test]
    public void ItNamesItsNumbers() =>
        Assert.That(
            new LaunchShape(2, 3, 4, 256, 1024).ToString(), Is.EqualTo("grid (2, 3, 4), block (256), shared 1024 B"));
}
