using GenKernels.Kernels.Filtering;

namespace GenKernels.Train.Verification;

/// <summary>Reads the settings of a <see cref="UpfirdnCases"/> case along one axis.</summary>
internal static class UpfirdnSettings
{
    /// <param name="config">Settings of the case.</param>
    /// <param name="place">0 for x, the columns; 1 for y, the rows.</param>
    /// <param name="taps">Taps of the filter along this axis.</param>
    /// <exception cref="UnknownCaseException">The settings have another form.</exception>
    public static Resampling Read(CaseConfig config, int place, int taps)
    {
        (int up, int down) = (Factor(config, "up", place), Factor(config, "down", place));
        (int before, int after) = Padding(config, place);
        (int wrapperBefore, int wrapperAfter) = config.Text("fn") switch
        {
            null or "upfirdn2d" => (0, 0),
            "upsample2d" => ((taps + up - 1) / 2, (taps - up) / 2),
            "downsample2d" => ((taps - down + 1) / 2, (taps - down) / 2),
            "filter2d" => (taps / 2, (taps - 1) / 2),
            var other => throw new UnknownCaseException($"unknown function {other}"),
        };
        return new Resampling(up, down, before + wrapperBefore, after + wrapperAfter);
    }

    private static int Factor(CaseConfig config, string name, int place)
    {
        int[] given = config.Integers(name) ?? [1];
        return given.Length switch
        {
            1 => given[0],
            2 => given[place],
            _ => throw new UnknownCaseException($"{name} must be one number or two, got {given.Length}"),
        };
    }

    private static (int Before, int After) Padding(CaseConfig config, int place)
    {
        int[] given = config.Integers("padding") ?? [0];
        return given.Length switch
        {
            1 => (given[0], given[0]),
            2 => (given[place], given[place]),
            4 => (given[2 * place], given[(2 * place) + 1]),
            _ => throw new UnknownCaseException($"padding must be one number, two or four, got {given.Length}"),
        };
    }
}
