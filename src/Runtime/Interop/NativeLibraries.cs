using System.Reflection;
using System.Runtime.InteropServices;

namespace GenKernels.Runtime.Interop;

/// <summary>The native libraries that this assembly can use; each is optional and looked for when it is first needed.</summary>
public static class NativeLibraries
{
    internal const string OpenBlasName = "openblas";

    /// <summary>Matrix products on the CPU.</summary>
    public static NativeLibraryLocator OpenBlas { get; } = new(
        OpenBlasName,
        () => OperatingSystem.IsWindows() ? ["libopenblas.dll", "openblas.dll"] : ["libopenblas.so.0", "libopenblas.so"],
        "install OpenBLAS (Debian, Ubuntu: apt install libopenblas0-pthread)");

    /// <summary>All of them, in the order in which people should read of them.</summary>
    public static IReadOnlyList<NativeLibraryLocator> All { get; } = [OpenBlas];

    private static readonly Lazy<bool> s_resolver = new(() =>
    {
        NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);
        return true;
    });

    /// <summary>Makes this assembly's imports go through the locators; bindings call it before their first function.</summary>
    internal static void UseLocators() => _ = s_resolver.Value;

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        foreach (NativeLibraryLocator library in All)
        {
            if (library.Name == name) return library.Handle;
        }

        return 0;
    }
}
