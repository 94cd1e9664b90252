namespace GenKernels.Tests.Runtime.Devices;

/// <summary>Barriers, shuffles and shared memory behave as on a GPU, for every order of threads.</summary>
[TestFixture(ThreadOrder.Forward)]
[TestFixture(ThreadOrder.Reverse)]
[TestFixture(ThreadOrder.Random)]
public sealed class SimtJoinTests(ThreadOrder order) : IDisposable
{
    private const int Grid = 7;
    private static readonly KernelSource s_source = new(
        "Probes/Join.cu", typeof(SimtJoinTests).Assembly, [ElementType.Float32, ElementType.Float64]);

    private readonly SimtDevice _device = new(order: order);

    public void Dispose() => _device.Dispose();

    [Test]
    public void ATreeThatEndsInShufflesSumsTheBlock([Values(64, 256, 1024)] int block)
    {
        (double[,] x, double[,] y) = Run("JoinTree", block, ElementType.Float64);
        ForEachElement(block, (b, t) => Assert.That(y[b, t], Is.EqualTo(Row(x, b).Sum()).Within(1e-12)));
    }

    [Test]
    public void BlockSumIsTheSumOfTheBlock([Values(1, 2, 31, 32, 33, 63, 256, 1000, 1024)] int block)
    {
        (double[,] x, double[,] y) = Run("JoinSum", block, ElementType.Float64);
        ForEachElement(block, (b, t) => Assert.That(y[b, t], Is.EqualTo(Row(x, b).Sum()).Within(1e-12)));
    }

    [Test]
    public void BlockMaximumIsTheMaximumOfTheBlock([Values(1, 2, 31, 32, 33, 63, 256, 1000, 1024)] int block)
    {
        (double[,] x, double[,] y) = Run("JoinMaximum", block, ElementType.Float64);
        ForEachElement(block, (b, t) => Assert.That(y[b, t], Is.EqualTo(Row(x, b).Max()).Within(1e-14)));
    }

    [Test]
    public void BlockSumHasTheSameBitsInEveryOrder([Values(33, 256)] int block)
    {
        using SimtDevice forward = new(order: ThreadOrder.Forward);
        double[,] expected = Run("JoinSum", block, ElementType.Float32, forward).Y;
        Assert.That(Run("JoinSum", block, ElementType.Float32).Y, Is.EqualTo(expected));
    }

    [Test]
    public void ShufflesInARowBringEachLanesOwnValue()
    {
        const int Block = 96;
        (double[,] x, double[,] y) = Run("JoinRotate", Block, ElementType.Float32);
        ForEachElement(Block, (b, t) =>
        {
            double sum = Enumerable.Range(0, 32).Sum(k => (k + 1) * x[b, (t / 32 * 32) + ((t + k) % 32)]);
            Assert.That(y[b, t], Is.EqualTo(sum).Within(1e-4));  // of 32-bit terms with factors up to 32
        });
    }

    [Test]
    public void AWarpBarrierSeparatesWritesFromReads()
    {
        const int Block = 128;
        (double[,] x, double[,] y) = Run("JoinNeighbour", Block, ElementType.Float32);
        ForEachElement(Block, (b, t) => Assert.That(y[b, t], Is.EqualTo(x[b, t ^ 1])));
    }

    private (double[,] X, double[,] Y) Run(string name, int block, ElementType type, SimtDevice? device = null)
    {
        device ??= _device;
        using Tensor x = TestTensors.Normal([Grid, block], seed: 4, device, type);
        using Tensor y = Tensor.Empty([Grid, block], type, device);
        LaunchShape shape = new(Grid, 1, 1, block, SharedBytes: block * sizeof(double));
        device.Load(s_source, type).Kernel(name).Launch(shape, x, y);
        return (x.ToMatrix(), y.ToMatrix());
    }

    private static IEnumerable<double> Row(double[,] matrix, int row) =>
        Enumerable.Range(0, matrix.GetLength(1)).Select(column => matrix[row, column]);

    private static void ForEachElement(int block, Action<int, int> check)
    {
        for (int b = 0; b < Grid; b++)
        {
            for (int t = 0; t < block; t++) check(b, t);
        }
    }
}
