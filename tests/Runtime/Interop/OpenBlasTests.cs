using System.Runtime.InteropServices;
using GenKernels.Runtime.Interop;

namespace GenKernels.Tests.Runtime.Interop;

/// <summary>Tests the binding against the formula, not the library itself.</summary>
public sealed class OpenBlasTests
{
    private const int M = 3;
    private const int N = 5;
    private const int K = 4;
    private readonly List<GCHandle> _pinned = [];

    private delegate void Product(
        int order, int transA, int transB, int m, int n, int k,
        float alpha, nint a, int lda, nint b, int ldb, float beta, nint c, int ldc);

    [SetUp]
    public void NeedsTheLibrary() => Assume.That(OpenBlas.IsAvailable, NativeLibraries.OpenBlas.Report);

    [Test]
    public void SingleProductIsTheFormula()
    {
        float[] a = [.. Enumerable.Range(0, M * K).Select(index => 0.5f * index - 2)];
        float[] b = [.. Enumerable.Range(0, K * N).Select(index => 3 - 0.25f * index)];
        float[] c = [.. Enumerable.Repeat(1f, M * N)];
        OpenBlas.cblas_sgemm(
            OpenBlas.RowMajor, OpenBlas.AsIs, OpenBlas.AsIs, M, N, K,
            2, Address(a), K, Address(b), N, 10, Address(c), N);
        Each((row, column) =>
        {
            double sum = Enumerable.Range(0, K).Sum(k => a[row * K + k] * b[k * N + column]);
            Assert.That(c[row * N + column], Is.EqualTo(2 * sum + 10), "multiples of 1/4 are exact");
        });
    }

    [Test]
    public void DoubleProductReadsATransposedMatrix()
    {
        double[] a = [.. Enumerable.Range(0, K * M).Select(index => Math.Sin(index))];
        double[] b = [.. Enumerable.Range(0, K * N).Select(index => Math.Cos(index))];
        double[] c = new double[M * N];
        OpenBlas.cblas_dgemm(
            OpenBlas.RowMajor, OpenBlas.Transposed, OpenBlas.AsIs, M, N, K,
            1, Address(a), M, Address(b), N, 0, Address(c), N);
        Each((row, column) =>
        {
            double sum = Enumerable.Range(0, K).Sum(k => a[k * M + row] * b[k * N + column]);
            Assert.That(c[row * N + column], Is.EqualTo(sum).Within(1e-14));
        });
    }

    [Test]
    public void TheAddressCallsTheSameFunction()
    {
        float[] a = [3], b = [4], c = [0];
        Product product = Marshal.GetDelegateForFunctionPointer<Product>(OpenBlas.SgemmAddress);
        product(
            OpenBlas.RowMajor, OpenBlas.AsIs, OpenBlas.AsIs, 1, 1, 1,
            1, Address(a), 1, Address(b), 1, 0, Address(c), 1);
        Assert.That(c[0], Is.EqualTo(12));
        Assert.That(OpenBlas.DgemmAddress, Is.Not.EqualTo((nint)0));
    }

    [Test]
    public void ConfigurationAndThreadsAreTold()
    {
        OpenBlas.openblas_set_num_threads(1);
        Assert.That(OpenBlas.openblas_get_num_threads(), Is.EqualTo(1));
        Assert.That(OpenBlas.Configuration, Does.Contain("OpenBLAS"));
    }

    [TearDown]
    public void LetGo()
    {
        foreach (GCHandle handle in _pinned) handle.Free();
        _pinned.Clear();
    }

    private nint Address(Array array)
    {
        GCHandle handle = GCHandle.Alloc(array, GCHandleType.Pinned);
        _pinned.Add(handle);
        return handle.AddrOfPinnedObject();
    }

    private static void Each(Action<int, int> check)
    {
        for (int row = 0; row < M; row++)
        {
            for (int column = 0; column < N; column++) check(row, column);
        }
    }
}
