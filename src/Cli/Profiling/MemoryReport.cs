using GenKernels.Runtime;
using Spectre.Console;

namespace GenKernels.Cli.Profiling;

/// <summary>How the parts of a recorded step use memory, as text or JSON.</summary>
/// <param name="folder">Receives a picture of each part.</param>
/// <param name="plans">The parts, by name.</param>
internal sealed class MemoryReport(string folder, IReadOnlyList<(string Name, MemoryPlan Plan)> plans)
{
    /// <summary>Checks the folder before the recording, which may take minutes.</summary>
    /// <exception cref="CommandException">The folder cannot be created.</exception>
    internal static void RequireFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{folder}: cannot create the folder for the pictures: {exception.Message}");
        }
    }

    /// <summary>Writes the pictures, then their contents as text or JSON.</summary>
    internal void Write(Terminal terminal, bool isJson)
    {
        foreach ((string name, MemoryPlan plan) in plans)
        {
            string path = Path.Combine(folder, name + ".svg");
            AtomicFile.WriteText(path, MemoryPlanDrawing.ToSvg(plan));
            terminal.Progress.WriteLine(path);
            if (!isJson) terminal.Output.WriteLine($"{name}: {MemoryPlanDrawing.ToText(plan)}");
        }

        if (!isJson) return;
        terminal.WriteJson(plans.Select(part => new
        {
            part.Name,
            part.Plan.ArenaBytes,
            part.Plan.LowerBound,
            part.Plan.OuterBytes,
            part.Plan.Buffers,
        }));
    }
}
