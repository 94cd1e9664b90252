using System.Runtime.InteropServices;

namespace GenKernels.Runtime.Interop;

/// <summary>Functions of the C library.</summary>
internal static partial class Libc
{
    [LibraryImport("libc")]
    internal static partial int munmap(nint address, nuint length);

    [LibraryImport("libc")]
    internal static partial int personality(nuint persona);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int setenv(string name, string value, int overwrite);
}
