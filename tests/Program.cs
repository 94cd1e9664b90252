using GenKernels.Tests.Support.Reporting;

namespace GenKernels.Tests;

/// <summary>The entry point of the tests.</summary>
internal static class Program
{
    internal static Task<int> Main(string[] arguments) =>
        SideBySide.From(arguments)?.RunAsync() ?? MicrosoftTestingPlatformApplication.RunAsync(arguments);
}
