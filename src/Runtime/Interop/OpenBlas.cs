using System.Runtime.InteropServices;

namespace GenKernels.Runtime.Interop;

/// <summary>OpenBLAS: matrix products on the CPU. Sizes and leading dimensions count elements.</summary>
internal static partial class OpenBlas
{
    /// <summary>Row-major storage (<c>CblasRowMajor</c>).</summary>
    internal const int RowMajor = 101;

    /// <summary>A matrix as stored (<c>CblasNoTrans</c>).</summary>
    internal const int AsIs = 111;

    /// <summary>The transpose of a matrix as stored (<c>CblasTrans</c>).</summary>
    internal const int Transposed = 112;

    private const string Library = NativeLibraries.OpenBlasName;
    private static readonly Lazy<nint> s_sgemm = new(() => Address(nameof(cblas_sgemm)));
    private static readonly Lazy<nint> s_dgemm = new(() => Address(nameof(cblas_dgemm)));

    static OpenBlas() => NativeLibraries.UseLocators();

    /// <summary>Whether the library was found.</summary>
    internal static bool IsAvailable => NativeLibraries.OpenBlas.IsFound;

    /// <summary>The address of <c>cblas_sgemm</c>, for a kernel that calls it through a pointer.</summary>
    /// <exception cref="LibraryNotFoundException">OpenBLAS was not found.</exception>
    internal static nint SgemmAddress => s_sgemm.Value;

    /// <summary>The address of <c>cblas_dgemm</c>.</summary>
    /// <exception cref="LibraryNotFoundException">OpenBLAS was not found.</exception>
    internal static nint DgemmAddress => s_dgemm.Value;

    /// <summary>Version, build options and core type, as the library reports them.</summary>
    internal static string Configuration => Marshal.PtrToStringUTF8(openblas_get_config()) ?? "";

    /// <summary>C = alpha op(A) op(B) + beta C, with op(A) [m, k], op(B) [k, n], C [m, n].</summary>
    [LibraryImport(Library)]
    internal static partial void cblas_sgemm(
        int order, int transA, int transB, int m, int n, int k,
        float alpha, nint a, int lda, nint b, int ldb, float beta, nint c, int ldc);

    /// <summary>C = alpha op(A) op(B) + beta C, with op(A) [m, k], op(B) [k, n], C [m, n].</summary>
    [LibraryImport(Library)]
    internal static partial void cblas_dgemm(
        int order, int transA, int transB, int m, int n, int k,
        double alpha, nint a, int lda, nint b, int ldb, double beta, nint c, int ldc);

    /// <summary>
    /// Sets the threads of a product from now on; 1 where the caller spreads products over the cores itself.
    /// </summary>
    [LibraryImport(Library)]
    internal static partial void openblas_set_num_threads(int count);

    [LibraryImport(Library)]
    internal static partial int openblas_get_num_threads();

    [LibraryImport(Library)]
    private static partial nint openblas_get_config();

    private static nint Address(string function) => NativeLibrary.GetExport(NativeLibraries.OpenBlas.Handle, function);
}
