namespace GenKernels.Runtime;

/// <summary>
/// Where the time of a step goes, averaged over several steps: rows whose times add up to the step's.
/// </summary>
public sealed class StepProfile
{
    /// <summary>The name of the row for the time that no kernel, library call, copy or clear takes.</summary>
    public const string Outside = "(outside kernels)";

    private StepProfile(double stepSeconds, double wallSeconds, int stepCount, IReadOnlyList<ProfileRow> rows)
    {
        StepSeconds = stepSeconds;
        WallSeconds = wallSeconds;
        StepCount = stepCount;
        Rows = rows;
    }

    /// <summary>Time from begin to end on the device, the mean over the steps.</summary>
    public double StepSeconds { get; }

    /// <summary>The same by the host's clock.</summary>
    public double WallSeconds { get; }

    /// <summary>The number of steps measured.</summary>
    public int StepCount { get; }

    /// <summary>Rows by falling time, including <see cref="Outside"/>.</summary>
    public IReadOnlyList<ProfileRow> Rows { get; }

    /// <param name="steps">At least one.</param>
    /// <param name="grouping">Which work makes one row.</param>
    /// <param name="ceiling">The roofline that times are compared with.</param>
    /// <exception cref="ArgumentException">There is no step.</exception>
    public static StepProfile Of(IReadOnlyList<ProfiledStep> steps, ProfileGrouping grouping, DeviceCeiling ceiling)
    {
        if (steps.Count == 0) throw new ArgumentException("a profile needs at least one step", nameof(steps));
        double stepSeconds = steps.Average(step => step.Duration.TotalSeconds);
        List<ProfileRow> rows =
        [
            .. from work in steps.SelectMany(step => step.Work)
               group work by Key(work, grouping) into same
               select Row(same.Key, [.. same], steps.Count, stepSeconds, ceiling),
        ];
        double outside = stepSeconds - rows.Sum(row => row.Seconds);
        double share = stepSeconds > 0 ? outside / stepSeconds : 0;
        rows.Add(new ProfileRow(Outside, "", "", 0, outside, 0, 0, 0, share, null, null));
        return new StepProfile(
            stepSeconds, steps.Average(step => step.WallTime.TotalSeconds), steps.Count,
            [.. rows.OrderByDescending(row => row.Seconds)]);
    }

    private static (string Name, string Variant, string Shapes) Key(ProfiledWork work, ProfileGrouping grouping) => (
        work.Name,
        grouping >= ProfileGrouping.Variant ? work.Variant : "",
        grouping >= ProfileGrouping.Shape ? work.Shapes : "");

    private static ProfileRow Row(
        (string Name, string Variant, string Shapes) key, ProfiledWork[] calls, double stepCount, double stepSeconds,
        DeviceCeiling ceiling)
    {
        double seconds = calls.Sum(call => call.Duration.TotalSeconds) / stepCount;
        double least = calls.Sum(call => ceiling.LeastSeconds(call.Cost, call.Type)) / stepCount;
        bool isOnDevice = !key.Name.EndsWith("host)", StringComparison.Ordinal);
        return new ProfileRow(
            key.Name, key.Variant, key.Shapes, calls.Length / stepCount, seconds,
            calls.Min(call => call.Duration.TotalSeconds), calls.Sum(call => (double)call.Cost.Bytes) / stepCount,
            calls.Sum(call => (double)call.Cost.Operations) / stepCount,
            stepSeconds > 0 ? seconds / stepSeconds : 0,
            isOnDevice && least > 0 && seconds > 0 ? least / seconds : null, calls[0].Footprint);
    }
}
