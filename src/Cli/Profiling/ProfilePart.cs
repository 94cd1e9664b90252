using GenKernels.Runtime;

namespace GenKernels.Cli.Profiling;

/// <summary>A named part of a step.</summary>
/// <param name="Name">Name of the range in the program.</param>
/// <param name="Depth">Number of enclosing parts.</param>
/// <param name="Calls">Calls per step.</param>
/// <param name="Seconds">Total time of its calls per step.</param>
internal sealed record ProfilePart(string Name, int Depth, double Calls, double Seconds)
{
    /// <returns>The parts in the order in which they first begin; those of the same name and parents are
    /// merged.</returns>
    internal static IReadOnlyList<ProfilePart> Of(IReadOnlyList<ProfiledStep> steps)
    {
        List<(string Path, ProfilePart Part)> parts = [];
        foreach (ProfiledStep step in steps)
        {
            List<string> within = [];
            foreach (ProfiledRange range in step.Ranges)
            {
                within.RemoveRange(range.Depth, within.Count - range.Depth);
                within.Add(range.Name);
                string path = string.Join('/', within);
                double seconds = range.Duration.TotalSeconds / steps.Count;
                int known = parts.FindIndex(part => part.Path == path);
                if (known < 0) parts.Add((path, new ProfilePart(range.Name, range.Depth, 1.0 / steps.Count, seconds)));
                else parts[known] = (path, parts[known].Part.With(1.0 / steps.Count, seconds));
            }
        }

        return [.. parts.Select(part => part.Part)];
    }

    private ProfilePart With(double calls, double seconds) =>
        this with { Calls = Calls + calls, Seconds = Seconds + seconds };
}
