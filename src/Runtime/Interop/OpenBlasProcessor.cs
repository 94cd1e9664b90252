using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace GenKernels.Runtime.Interop;

/// <summary>
/// Tells OpenBLAS what processor it runs on. It knows them by their models, and takes one of Intel's that is newer than
/// itself for one without AVX: a quarter of the speed.
/// </summary>
public static class OpenBlasProcessor
{
    /// <summary>What OpenBLAS reads when it is loaded; where people set it, theirs counts.</summary>
    public const string Variable = "OPENBLAS_CORETYPE";

    /// <summary>What it is told; null where it is left to itself.</summary>
    public static string? Core =>
        OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable(Variable) is null
            ? CoreOf(Vendor, Avx512BW.VL.IsSupported, Avx2.IsSupported) : null;

    /// <summary>To be called before the library is loaded.</summary>
    internal static void Tell()
    {
        if (Core is { } core) _ = Libc.setenv(Variable, core, overwrite: 0);
    }

    /// <returns>The oldest core of OpenBLAS with all that a processor has; null for what it knows by itself.</returns>
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
