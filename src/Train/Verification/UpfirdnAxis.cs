using GenKernels.Autograd;
using GenKernels.Runtime;

namespace GenKernels.Train.Verification;

/// <summary>What a case of <see cref="UpfirdnCases"/> does along one axis.</summary>
internal sealed class UpfirdnAxis
{
    private readonly int _axis, _down, _before, _after;

    /// <param name="axis">Of the activations, channels last.</param>
    /// <param name="config">Of the case.</param>
    /// <param name="place">0 for x, 1 for y.</param>
    /// <param name="taps">Of the filter along this axis.</param>
    internal UpfirdnAxis(int axis, CaseConfig config, int place, int taps)
    {
        _axis = axis;
        Up = Factor(config, "up", place);
        _down = Factor(config, "down", place);
        (int before, int after) = Padding(config, place);
        (int wrapperBefore, int wrapperAfter) = config.Text("fn") switch
        {
            null or "upfirdn2d" => (0, 0),
            "upsample2d" => ((taps + Up - 1) / 2, (taps - Up) / 2),
            "downsample2d" => ((taps - _down + 1) / 2, (taps - _down) / 2),
            "filter2d" => (taps / 2, (taps - 1) / 2),
            var other => throw new UnknownCaseException($"there is no function {other}"),
        };
        (_before, _after) = (before + wrapperBefore, after + wrapperAfter);
    }

    public int Up { get; }

    public Variable Apply(Variable x, Tensor filter, bool flip, float gain) =>
        x.Upfirdn(filter, _axis, Up, _down, _before, _after, flip, gain);

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
