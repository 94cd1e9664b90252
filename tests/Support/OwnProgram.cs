using System.Diagnostics;

namespace GenKernels.Tests.Support;

/// <summary>Starts a program of this project in a process of its own, from beside the tests.</summary>
internal static class OwnProgram
{
    /// <param name="assembly">The program's, such as <c>GenKernels.Cli</c>.</param>
    /// <returns>
    /// The words that start it, the first a full path: under the <c>dotnet</c> that runs the tests, or where the tests
    /// bring their own runtime, and there may be no <c>dotnet</c>, by itself.
    /// </returns>
    internal static string[] Command(string assembly)
    {
        string program = Path.Combine(AppContext.BaseDirectory, assembly);
        string running = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(running) == "dotnet" ? [running, "exec", program + ".dll"] : [program];
    }

    /// <param name="assembly">The program's, such as <c>GenKernels.Cli</c>.</param>
    /// <param name="arguments">For the program.</param>
    internal static ProcessStartInfo Start(string assembly, params string[] arguments)
    {
        string[] command = Command(assembly);
        return new ProcessStartInfo(command[0], [.. command[1..], .. arguments]);
    }
}
