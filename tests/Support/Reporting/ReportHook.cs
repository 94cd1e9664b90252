using Microsoft.Testing.Platform.Builder;
using Microsoft.Testing.Platform.Extensions;
using Microsoft.Testing.Platform.Services;

namespace GenKernels.Tests.Support.Reporting;

/// <summary>
/// Adds <see cref="ReportOptions"/> to the tests' program; the project file names this type.
/// </summary>
public static class ReportHook
{
    /// <param name="builder">Builder of the tests' program.</param>
    /// <param name="arguments">Its command-line arguments.</param>
    public static void AddExtensions(ITestApplicationBuilder builder, string[] arguments)
    {
        CompositeExtensionFactory<JsonReport> report =
            new(services => new JsonReport(services.GetCommandLineOptions()));
        builder.CommandLine.AddProvider(() => new ReportOptions());
        builder.TestHost.AddDataConsumer(report);
        builder.TestHost.AddTestSessionLifetimeHandler(report);
    }
}
