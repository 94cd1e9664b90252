using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace GenKernels.Runtime.Interop;

/// <summary>
/// Tells OpenBLAS which core type to use. It identifies processors by model, and treats an Intel one newer than itself
/// as one without AVX, at a quarter of the speed.
/// </summary>
public static class OpenBlasProcessor
{
    /// <summary>
    /// The environment variable that OpenBLAS reads when it is loaded; a value that the user sets takes precedence.
    /// </summary>
    public const string Variable = "OPENBLAS_CORETYPE";

    /// <summary>The core type that OpenBLAS is told; null where it detects the processor itself.</summary>
    public static string? Core =>
        OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable(Variable) is null
            ? CoreOf(Vendor, Avx512BW.VL.IsSupported, Avx2.IsSupported) : null;

    /// <summary>Sets the variable; to be called before the library is loaded.</summary>
    internal static void Tell()
    {
        if (Core is { } core) _ = Libc.setenv(Variable, core, overwrite: 0);
    }

    /// <returns>
    /// OpenBLAS' oldest core type with the processor's vector extensions; null where it detects the processor itself.
    /// </returns>
    internal static string? CoreOf(string vendor, bool hasAvx512, bool hasAvx2) => vendor switch
    {
        "GenuineIntel" when hasAvx512 => "SkylakeX",
        "GenuineIntel" when hasAvx2 => "Haswell",
        _ => null,
    };

    private static string Vendor
    {
        get
        {
            if (!X86Base.IsSupported) return "";
            (_, int ebx, int ecx, int edx) = X86Base.CpuId(0, 0);
            return Encoding.ASCII.GetString(MemoryMarshal.AsBytes<int>([ebx, edx, ecx]));
        }
    }
}
