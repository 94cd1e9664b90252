using System.CommandLine;

namespace GenKernels.Cli;

/// <summary>A command whose help ends with examples.</summary>
internal sealed class ExampleCommand : Command
{
    /// <param name="name">The word on the command line.</param>
    /// <param name="description">One sentence.</param>
    /// <param name="examples">Whole command lines that work as they stand, one or two.</param>
    internal ExampleCommand(string name, string description, params string[] examples)
        : base(name, description) => Examples = examples;

    /// <summary>Whole command lines that work as they stand.</summary>
    internal IReadOnlyList<string> Examples { get; }

    /// <summary>Time that the command has to end by itself once it is interrupted; then the process ends.</summary>
    internal TimeSpan TimeToStop { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Sets what the command does.</summary>
    /// <param name="run">Returns the exit code; cancelled by Ctrl-C.</param>
    internal ExampleCommand Does(Func<ParseResult, CancellationToken, Task<int>> run)
    {
        SetAction(run);
        return this;
    }

    /// <inheritdoc cref="Does(Func{ParseResult, CancellationToken, Task{int}})"/>
    /// <remarks>It runs on a thread of its own, so that Ctrl-C is heard while it works.</remarks>
    internal ExampleCommand Does(Func<ParseResult, CancellationToken, int> run) =>
        Does((result, stop) => Task.Factory.StartNew(
            () => run(result, stop), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default));
}
