using Microsoft.Testing.Platform.Builder;

namespace GenKernels.Tests.Support.Reporting;

/// <summary>Has the tests' program read the settings that lie beside it; the project file names this type.</summary>
public static class SettingsHook
{
    private const string File = "GenKernels.Tests.runsettings";

    // What the platform reads where --settings is not given.
    private const string Variable = "TESTINGPLATFORM_VSTESTBRIDGE_RUNSETTINGS_FILE";

    /// <param name="builder">Of the tests' program.</param>
    /// <param name="arguments">Of its command line.</param>
    public static void AddExtensions(ITestApplicationBuilder builder, string[] arguments)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 }) return;
        Environment.SetEnvironmentVariable(Variable, Path.Combine(AppContext.BaseDirectory, File));
    }
}
