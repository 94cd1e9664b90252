using GenKernels.Runtime.Interop;

namespace GenKernels.Cli.Doctor;

/// <summary>The optional native libraries.</summary>
internal static class Library
{
    internal static IReadOnlyList<Finding> FindAll() => [.. NativeLibraries.All.Select(Find)];

    private static Finding Find(NativeLibraryLocator library) => new(
        library.Name, library.IsFound, library.Version is { } version ? $"{library.Path}, {version}" : library.Path,
        library.IsFound ? null : library.Report);
}
