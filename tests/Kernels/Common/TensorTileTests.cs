using GenKernels.Kernels.MatrixProduct;

namespace GenKernels.Tests.Kernels.Common;

/// <summary>Shared-memory layout of tensor-core tiles: nothing overlaps, and no access has a bank conflict.</summary>
[TestFixtureSource(nameof(Devices))]
public sealed class TensorTileTests(Device device)
{
    private const int ChunkBytes = 16;
    private const int BankBytes = 4;
    private const int BankCount = 32;

    private static readonly KernelSource s_source = new(
        "Probes/Swizzle.cu", typeof(TensorTileTests).Assembly, [ElementType.Float32, ElementType.Float16],
        [.. MatrixTiling.All.Concat(MatrixTiling.Warpgroups).Select(tiling => tiling.Variant)]);

    /// <summary>All devices but the host, whose warp is one thread.</summary>
    private static IEnumerable<TestFixtureData> Devices() =>
        TestDevices.All().Where(data => data.Arguments[0] is not Device { WarpSize: 1 });

    [Test]
    public void ChunksFillTheMemoryAndBanksAreMetOnce(
        [Values(FloatType.Float32, FloatType.Float16)] FloatType type, [Values(0, 1, 2, 3)] int tiling)
    {
        CheckChunks(type.Element(), MatrixTiling.All[tiling], chunksAlong: 4);
    }

    [Test]
    public void ChunksOfWarpgroupsFillTheMemoryAndBanksAreMetOnce()
    {
        if (!device.HasWarpgroupProducts) Assert.Ignore("compute capability 9.0 alone multiplies in warpgroups");
        foreach (MatrixTiling tiling in MatrixTiling.Warpgroups.Where(tiling => tiling.HasWholeBoxes))
        {
            CheckChunks(ElementType.Float16, tiling, chunksAlong: 8);
        }
    }

    private void CheckChunks(ElementType type, MatrixTiling tiles, int chunksAlong)
    {
        int length = ChunkBytes / type.Size();
        int depth = chunksAlong * length, chunks = tiles.Columns / length;
        using Tensor kMajor = Tensor.Empty([tiles.Rows, chunksAlong], ElementType.Int32, device);
        using Tensor mnMajor = Tensor.Empty([depth, chunks], ElementType.Int32, device);
        device.Load(s_source, type, tiles.Variant).Kernel("Swizzle").Launch(
            new LaunchShape(1, 1, 1, 32), kMajor, mnMajor);
        (int[] rows, int[] columns) = (kMajor.ToArray<int>(), mnMajor.ToArray<int>());

        foreach (int[] places in new[] { rows, columns })
        {
            IEnumerable<int> all = Enumerable.Range(0, places.Length).Select(index => index * ChunkBytes);
            Assert.That(places.Order(), Is.EqualTo(all), "every chunk has a place of its own");
            foreach (int[] written in places.Chunk(8)) AssertDifferentBanks(written, "the copies of eight threads");
        }

        AssertLoadsOfMatrices(rows, chunksAlong);
        if (type == ElementType.Float16) AssertLoadsOfMatrices(columns, chunks);
        else AssertLoadsOfFloats(columns, chunks);
    }

    /// <summary>Eight consecutive rows are read at once.</summary>
    private static void AssertLoadsOfMatrices(int[] places, int chunks)
    {
        for (int first = 0; first < places.Length / chunks; first += 8)
        {
            for (int chunk = 0; chunk < chunks; chunk++)
            {
                AssertDifferentBanks(
                    Enumerable.Range(first, 8).Select(row => places[(row * chunks) + chunk]), $"chunk {chunk}");
            }
        }
    }

    /// <summary>Eight adjacent floats of each of four rows are read at once.</summary>
    private static void AssertLoadsOfFloats(int[] places, int chunks)
    {
        for (int first = 0; first < places.Length / chunks; first += 4)
        {
            for (int chunk = 0; chunk < chunks; chunk += 2)
            {
                IEnumerable<int> banks =
                    from row in Enumerable.Range(first, 4)
                    from element in Enumerable.Range(0, 8)
                    select ((places[(row * chunks) + chunk + (element / 4)] / BankBytes) + (element % 4)) % BankCount;
                Assert.That(banks.Distinct().Count(), Is.EqualTo(BankCount), $"rows {first}, chunk {chunk}");
            }
        }
    }

    private static void AssertDifferentBanks(IEnumerable<int> places, string what)
    {
        IEnumerable<int> banks = places.Select(place => place % (BankCount * BankBytes));
        Assert.That(banks.Distinct().Count(), Is.EqualTo(8), what);
    }
}
