using System.Diagnostics;

namespace GenKernels.Tests.Support;

/// <summary>Starts a program of this project in a process of its own, from beside the tests.</summary>
internal static class OwnProgram
{
    /// <param name="assembly">The program's, such as <c>GenKernels.Cli</c>.</param>
    /// <param name="arguments">For the program.</param>
    /// <returns>
    /// What starts it: under the <c>dotnet</c> that runs the tests, or where the tests bring their own runtime, and
    /// there may be no <c>dotnet</c>, by itself.
    /// </returns>
    internal static ProcessStartInfo Start(string assembly, params string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, assembly);
        string running = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(running) == "dotnet"
            ? new ProcessStartInfo(running, ["exec", program + ".dll", .. arguments])
            : new ProcessStartInfo(program, arguments);
    }
}
