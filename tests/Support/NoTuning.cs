using System.Runtime.CompilerServices;

namespace GenKernels.Tests.Support;

/// <summary>
/// Nothing that was measured on this machine has a say in the tests, nor in the programs that they start, but where a
/// test asks for it.
/// </summary>
internal static class NoTuning
{
    [ModuleInitializer]
    internal static void Set() => Environment.SetEnvironmentVariable("GENKERNELS_TUNE", "off");
}
