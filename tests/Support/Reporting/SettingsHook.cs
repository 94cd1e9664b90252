using Microsoft.Testing.Platform.Builder;

namespace GenKernels.Tests.Support.Reporting;

/// <summary>Makes the tests' program read the settings file beside it; the project file names this type.</summary>
public static class SettingsHook
{
    private const string File = "GenKernels.Tests.runsettings";

    // The variable that the platform reads if --settings is not given.
    private const string Variable = "TESTINGPLATFORM_VSTESTBRIDGE_RUNSETTINGS_FILE";

    /// <param name="builder">Builder of the tests' program.</param>
    /// <param name="arguments">Its command-line arguments.</param>
    public static void AddExtensions(ITestApplicationBuilder builder, string[] arguments)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 }) return;
        Environment.SetEnvironmentVariable(Variable, Path.Combine(AppContext.BaseDirectory, File));
    }
}
