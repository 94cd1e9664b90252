namespace GenKernels.Cli;

/// <summary>The command <c>gk</c>.</summary>
internal static class Program
{
    private static Task<int> Main(string[] arguments) => CommandLine.Run(arguments, Console.Out, Console.Error);
}
