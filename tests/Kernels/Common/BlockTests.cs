namespace GenKernels.Tests.Kernels.Common;

/// <summary>The sums and maxima of <c>Block.cuh</c>.</summary>
[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class BlockTests(Device device)
{
    private const int Grid = 5;
    private static readonly KernelSource s_source = new(
        "Probes/Join.cu", typeof(BlockTests).Assembly, [ElementType.Float32, ElementType.Float64]);

    [Test]
    public void BlockSumIsTheSumOfTheBlock(
        [Values(FloatType.Float32, FloatType.Float64)] FloatType type,
        [Values(1, 31, 32, 33, 256, 1000, 1024)] int block) =>
        Check("JoinSum", type.Element(), block, row => row.Sum());

    [Test]
    public void BlockMaximumIsTheMaximumOfTheBlock(
        [Values(FloatType.Float32, FloatType.Float64)] FloatType type,
        [Values(1, 31, 32, 33, 256, 1000, 1024)] int block) =>
        Check("JoinMaximum", type.Element(), block, row => row.Max());

    private void Check(string name, ElementType type, int wantedBlock, Func<IEnumerable<double>, double> formula)
    {
        int block = device.WarpSize == 1 ? 1 : wantedBlock;
        using Tensor x = TestTensors.Normal([Grid, block], seed: 4, device, type);
        using Tensor y = Tensor.Empty([Grid, block], type, device);
        device.Load(s_source, type).Kernel(name).Launch(new LaunchShape(Grid, 1, 1, block), x, y);
        double[] input = x.ToDoubles();
        Expect.CloseSums(y, [.. Enumerable.Range(0, Grid).SelectMany(b =>
            Enumerable.Repeat(formula(input.Skip(b * block).Take(block)), block))]);
    }
}
