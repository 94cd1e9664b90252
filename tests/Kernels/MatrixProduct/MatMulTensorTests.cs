using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.MatrixProduct;

namespace GenKernels.Tests.Kernels.MatrixProduct;

/// <summary>Matrix products on tensor cores, in every tiling, against the formula.</summary>
[TestFixtureSource(nameof(Devices))]
public sealed class MatMulTensorTests(Device device)
{
    // Sizes around the tiles and k-slices (of 16, 32 or 64 elements) and the chunks (of 4 or 8); some rows are not
    // aligned.
    private static readonly (int M, int N, int K)[] s_sizes =
        [(1, 1, 1), (5, 3, 7), (16, 8, 16), (17, 9, 40), (63, 65, 33), (64, 64, 64), (72, 136, 104), (130, 67, 200)];

    // The same for tensor copies (TMA boxes): all rows are whole chunks of 8 elements.
    private static readonly (int M, int N, int K)[] s_wholeChunks =
        [(8, 8, 8), (16, 8, 16), (64, 64, 64), (72, 136, 104), (136, 264, 136), (264, 128, 392), (48, 520, 64)];

    private static MatrixTiling[] Tilings => MatrixTiling.All;

    /// <summary>All devices but the host, whose warp is one thread.</summary>
    private static IEnumerable<TestFixtureData> Devices() =>
        TestDevices.All().Where(data => data.Arguments[0] is not Device { WarpSize: 1 });

    [Test]
    public void ProductsMatchTheFormula(
        [Values(FloatType.Float32, FloatType.Float16, FloatType.BFloat16)] FloatType type, [Values] bool transposeX,
        [Values] bool transposeW)
    {
        foreach ((int m, int n, int k) in s_sizes)
        {
            Check(new Product(type, 1, 1, m, n, k, transposeX, transposeW), MatrixTiling.All[^1], parts: 1);
        }
    }

    [TestCaseSource(nameof(Tilings))]
    public void EveryTilingGivesTheFormula(object tiling)
    {
        Check(new Product(FloatType.BFloat16, 1, 1, 130, 136, 104, false, true), (MatrixTiling)tiling, parts: 1);
        Check(new Product(FloatType.Float32, 2, 1, 65, 72, 40, true, false), (MatrixTiling)tiling, parts: 1);
    }

    [Test]
    public void WarpgroupsGiveTheFormula(
        [Values(FloatType.Float16, FloatType.BFloat16)] FloatType type, [Values] bool transposeX,
        [Values] bool transposeW)
    {
        foreach (MatrixTiling tiling in Warpgroups())
        {
            foreach ((int m, int n, int k) in s_wholeChunks)
            {
                Check(new Product(type, 1, 1, m, n, k, transposeX, transposeW), tiling, parts: 1);
            }
        }
    }

    [Test]
    public void WarpgroupsDivideTheDepthAndFinishAsWarpsDo([Values(1, 2, 5)] int parts, [Values] bool transposeX)
    {
        BiasActivationOptions options = new(Activation.LeakyRelu, 1.5f, 2, 0.3f);
        foreach (MatrixTiling tiling in Warpgroups())
        {
            Check(new Product(FloatType.Float16, 2, 1, 16, 40, 600, transposeX, true), tiling, parts, options);
            Check(new Product(FloatType.BFloat16, 1, 3, 24, 72, 328, transposeX, false), tiling, parts, options);
        }
    }

    [Test]
    public void ThatWarpgroupsMultiplyMakesNoDifference([Values] bool transposeX, [Values] bool transposeW)
    {
        // Integers, whose sums are exact in any order.
        Product product = new(FloatType.Float16, 1, 1, 136, 136, 392, transposeX, transposeW);
        using Tensor x = WholeNumbers(product.X, seed: 1);
        using Tensor w = WholeNumbers(product.W, seed: 2);
        using Tensor expected = Launched(product, x, w, MatrixTiling.All[0]);
        foreach (MatrixTiling tiling in Warpgroups())
        {
            using Tensor y = Launched(product, x, w, tiling);
            Assert.That(y.ToDoubles(), Is.EqualTo(expected.ToDoubles()));
        }
    }

    [Test]
    public void WarpgroupsAreRefusedForWhatTheyCannotMultiply()
    {
        MatrixTiling tiling = MatrixTiling.Warpgroups[0];
        using Tensor x = Tensor.Zeros([1, 8, 8], ElementType.Float32, device);
        using Tensor odd = Tensor.Zeros([1, 9, 9], ElementType.Float16, device);
        string rule = "tiles of 192 x 256 by warpgroups are for 16-bit floats as they lie, in whole chunks, on a "
            + "device of compute capability 9.0; these are ";
        Assert.That(
            () => MatMulTensor.Launch(x, x, x, ProductEpilogue.None, false, false, tiling),
            Throws.ArgumentException.With.Message.EqualTo($"{rule}Float32 on {device.Name}"));
        Assert.That(
            () => MatMulTensor.Launch(odd, odd, odd, ProductEpilogue.None, false, false, tiling),
            Throws.ArgumentException.With.Message.EqualTo($"{rule}Float16 otherwise on {device.Name}"));
        Assert.That(tiling.Fits(TestDevices.Host, ElementType.Float16), Is.False);
    }

    [Test]
    public void CandidatesAreThoseThatCanBeLaunched()
    {
        MatrixTiling[] all = MatrixTiling.All;
        MatrixTiling[] own = device.HasWarpgroupProducts ? [.. all, .. MatrixTiling.Warpgroups] : all;
        Assert.That(MatrixTiling.Candidates(device, ElementType.Float32), Is.EqualTo(all));
        Assert.That(MatrixTiling.Candidates(device, ElementType.Float16), Is.EqualTo(own));
        Assert.That(MatrixTiling.Candidates(device, ElementType.Float16, isPlain: false), Is.EqualTo(all));
    }

    [Test]
    public void ADividedDepthGivesTheFormula([Values(2, 3, 5)] int parts, [Values] bool transposeX)
    {
        Check(new Product(FloatType.Float16, 1, 1, 17, 40, 200, transposeX, true), MatrixTiling.All[^1], parts);
        Check(new Product(FloatType.Float32, 2, 2, 20, 8, 100, transposeX, false), MatrixTiling.All[^1], parts);
    }

    [Test]
    public void BatchesAreMultipliedOneByOne([Values] bool transposeX, [Values] bool transposeW)
    {
        foreach ((int batchX, int batchW) in new[] { (3, 3), (3, 1), (1, 3) })
        {
            Check(new Product(FloatType.Float16, batchX, batchW, 16, 24, 32, transposeX, transposeW), null, null);
        }
    }

    [Test]
    public void WhatFollowsIsAppliedOnce([Values] Activation activation, [Values(1, 2)] int parts)
    {
        BiasActivationOptions options = new(activation, 1.5f, 2, 0.3f);
        Check(new Product(FloatType.Float16, 2, 1, 9, 24, 64, false, true), MatrixTiling.All[^1], parts, options);
        Check(new Product(FloatType.Float32, 1, 1, 9, 5, 33, false, true), MatrixTiling.All[^1], parts, options);
    }

    [Test]
    public void LargeResultsHaveLargeTilesAndSmallOnesSmall()
    {
        Assert.That(MatrixTiling.For(4096, 4096, 1), Is.EqualTo(MatrixTiling.All[0]));
        Assert.That(MatrixTiling.For(65536, 64, 1), Is.EqualTo(MatrixTiling.All[^2]));
        Assert.That(MatrixTiling.For(64, 512, 1), Is.EqualTo(MatrixTiling.All[^1]));
    }

    [Test]
    public void WarpgroupsDivideADepthWhereWarpsDo([Values(1024, 4096, 8192)] int depth)
    {
        (int parts, int slices) = MatrixTiling.All[0].Division(1, depth, ElementType.Float16);
        Assert.That(
            MatrixTiling.Warpgroups[0].Division(1, depth, ElementType.Float16), Is.EqualTo((parts, (slices + 1) / 2)));
    }

    [Test]
    public void ADepthIsDividedOnlyWhereTilesAreFew()
    {
        Assert.That(MatrixTiling.All[0].Division(1, 8192, ElementType.Float16), Is.EqualTo((16, 16)));
        Assert.That(MatrixTiling.All[0].Division(1, 1024, ElementType.Float16), Is.EqualTo((2, 16)));
        Assert.That(MatrixTiling.All[0].Division(200, 8192, ElementType.Float16), Is.EqualTo((1, 256)));
        Assert.That(MatrixTiling.All[0].Division(1, 0, ElementType.Float16), Is.EqualTo((1, 1)));
    }

    /// <summary>The warpgroup tilings of the device; without any, the test is ignored.</summary>
    private MatrixTiling[] Warpgroups()
    {
        if (!device.HasWarpgroupProducts) Assert.Ignore("compute capability 9.0 alone multiplies in warpgroups");
        return MatrixTiling.Warpgroups;
    }

    private Tensor WholeNumbers(Shape shape, int seed)
    {
        Random random = new(seed);
        double[] values = [.. Enumerable.Range(0, (int)shape.ElementCount).Select(_ => random.Next(-4, 5))];
        return TestTensors.From(values, shape, device, ElementType.Float16);
    }

    private Tensor Launched(Product product, Tensor x, Tensor w, MatrixTiling tiling)
    {
        Tensor y = Tensor.Empty(product.Y, x.Type, device);
        MatMulTensor.Launch(
            x, w, y, ProductEpilogue.None, product.TransposeX, product.TransposeW, tiling, parts: 1);
        return y;
    }

    private void Check(
        Product product, MatrixTiling? tiling, int? parts, BiasActivationOptions? options = null)
    {
        ElementType type = product.Type.Element();
        using Tensor x = TestTensors.Normal(product.X, seed: 1, device, type);
        using Tensor w = TestTensors.Normal(product.W, seed: 2, device, type);
        using Tensor bias = TestTensors.Normal([product.N], seed: 3, device, type);
        using Tensor residual = TestTensors.Normal(product.Y, seed: 4, device, type);
        ProductEpilogue epilogue =
            options is { } given ? new ProductEpilogue(bias, given, residual) : ProductEpilogue.None;
        using Tensor y = Tensor.Empty(product.Y, type, device);
        MatMulTensor.Launch(x, w, y, epilogue, product.TransposeX, product.TransposeW, tiling, parts);

        double[] sums = product.Sums(Tf32.Read(x), Tf32.Read(w));
        double[] expected = options is { } numbers
            ? product.Finished(sums, bias.ToDoubles(), residual.ToDoubles(), numbers) : sums;
        Expect.CloseSums(y, expected, product.ToString());
    }
}
