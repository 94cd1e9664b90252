using System.Diagnostics;

namespace GenKernels.Tests.Support;

/// <summary>Starts a program of this project in a separate process, from the folder of the tests.</summary>
internal static class OwnProgram
{
    /// <param name="assembly">Assembly of the program, such as <c>GenKernels.Cli</c>.</param>
    /// <returns>The command to start it, beginning with a full path: under the <c>dotnet</c> that runs the tests or, if
    /// the tests are self-contained and there may be no <c>dotnet</c>, the program itself.</returns>
    internal static string[] Command(string assembly)
    {
        string program = Path.Combine(AppContext.BaseDirectory, assembly);
        string running = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(running) == "dotnet" ? [running, "exec", program + ".dll"] : [program];
    }

    /// <param name="assembly">Assembly of the program, such as <c>GenKernels.Cli</c>.</param>
    /// <param name="arguments">For the program.</param>
    internal static ProcessStartInfo Start(string assembly, params string[] arguments)
    {
        string[] command = Command(assembly);
        return new ProcessStartInfo(command[0], [.. command[1..], .. arguments]);
    }
}
