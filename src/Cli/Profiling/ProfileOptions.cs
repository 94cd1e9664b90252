using System.CommandLine;
using GenKernels.Runtime;

namespace GenKernels.Cli.Profiling;

/// <summary>The options of every profile: how many steps, and how they are shown.</summary>
internal sealed class ProfileOptions
{
    private const int MostSteps = 100_000;

    private readonly Option<int> _steps = CommonOptions.Number("--steps", "Steps to measure", 3, MostSteps);

    private readonly Option<int> _warmUp = new Option<int>("--warm-up")
    {
        Description = "Warm-up steps before the measured ones, to compile kernels and fill the memory pool",
        HelpName = "number",
        DefaultValueFactory = _ => 1,
    }.NotNegative(MostSteps);

    private readonly Option<string> _by;

    private readonly Option<string> _sort =
        Choice.Create("--sort", "Sort rows by", "time", "time", "calls", "mean", "name", "ceiling");

    private readonly Option<string?> _trace = new("--trace")
    {
        Description = "Write a trace of every launch for chrome://tracing or Perfetto",
        HelpName = "file",
    };

    /// <param name="by">The default for how rows are grouped.</param>
    internal ProfileOptions(string by = "variant") =>
        _by = Choice.Create("--by", "Group rows by", by, "kernel", "variant", "shape");

    private readonly Option<string> _precision = PrecisionOption.Create();

    /// <summary>The option for the device.</summary>
    internal Option<string> Device { get; } = CommonOptions.Device();

    /// <summary>Whether the result is for programs.</summary>
    internal Option<bool> Json { get; } = CommonOptions.Json();

    /// <summary>Adds them all to a command.</summary>
    internal void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_steps, _warmUp, _by, _sort, _trace, _precision, Device, Json])
        {
            command.Options.Add(option);
        }
    }

    /// <returns>The settings of the profile.</returns>
    /// <exception cref="IOException">The file of <c>--trace</c> cannot be created.</exception>
    internal ProfileRequest Read(ParseResult result)
    {
        string? trace = result.GetValue(_trace);
        if (trace is not null) AtomicFile.RequirePlace(trace);
        return new ProfileRequest(
            result.GetValue(_steps), result.GetValue(_warmUp),
            Enum.Parse<ProfileGrouping>(result.GetRequiredValue(_by), ignoreCase: true),
            result.GetRequiredValue(_sort), trace, result.GetValue(Json));
    }

    /// <returns>The device, set to the requested precision; the caller disposes it.</returns>
    internal Device Open(ParseResult result)
    {
        Device device = DeviceFactory.Open(result.GetRequiredValue(Device));
        device.Precision = PrecisionOption.Read(result, _precision);
        return device;
    }
}
