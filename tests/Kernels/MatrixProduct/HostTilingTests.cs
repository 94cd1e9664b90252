using GenKernels.Kernels.MatrixProduct;

namespace GenKernels.Tests.Kernels.MatrixProduct;

public sealed class HostTilingTests
{
    [TestCase(1, 4096, 512, 512, 256, 512, 16, Description = "there are enough")]
    [TestCase(16, 64, 64, 512, 256, 512, 16, Description = "one for each product of a batch")]
    [TestCase(1, 1024, 512, 512, 256, 128, 16, Description = "few are divided")]
    [TestCase(1, 512, 512, 512, 128, 128, 16, Description = "along both edges")]
    [TestCase(1, 16, 512, 512, 64, 128, 4, Description = "no further than the shortest edges")]
    [TestCase(1, 512, 512, 16, 256, 128, 8, Description = "as long as each has some work")]
    [TestCase(1, 16, 64, 64, 256, 512, 1)]
    public void LargeTilesAreDividedWhereTheyAreTooFew(
        int batch, int m, int n, int k, int rows, int columns, long count)
    {
        MatMulSize size = new(batch, m, n, k, (long)m * k, (long)k * n);
        HostTiling tiling = HostTiling.Of(size);
        Assert.That(tiling, Is.EqualTo(new HostTiling(rows, columns)));
        Assert.That(tiling.Tiles(size), Is.EqualTo(count));
    }
}
