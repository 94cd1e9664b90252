using System.Runtime.CompilerServices;

namespace GenKernels.Tests.Support;

/// <summary>
/// Keeps measurements made on this machine out of the tests and of the programs that they start, except where a test
/// asks for them.
/// </summary>
internal static class NoTuning
{
    [ModuleInitializer]
    internal static void Set() => Environment.SetEnvironmentVariable("GENKERNELS_TUNE", "off");
}
