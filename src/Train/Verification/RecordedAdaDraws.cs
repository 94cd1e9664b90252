using GenKernels.Train.Augmentation;

namespace GenKernels.Train.Verification;

/// <summary>The recorded draws of a case: <c>in.draw00_rand</c>, <c>in.draw01_randn</c> and so on.</summary>
internal sealed class RecordedAdaDraws(RecordedCase recorded) : IAdaDraws
{
    private const string Prefix = "in.draw";

    private readonly string[] _names = [.. recorded.Inputs
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private int _next;

    public double[] Uniform(int count) => Take("_rand", count);

    public double[] Normal(int count) => Take("_randn", count);

    /// <returns>Name of the next draw, which is consumed.</returns>
    /// <exception cref="UnknownCaseException">There is no next draw, or it is of another kind.</exception>
    internal string NextName(string kind)
    {
        string? name = _next < _names.Length ? _names[_next++] : null;
        if (name is not null && name.EndsWith(kind, StringComparison.Ordinal)) return name;
        throw new UnknownCaseException($"draw {_next} must be {kind[1..]}, got {name ?? "none"}");
    }

    private double[] Take(string kind, int count)
    {
        string name = NextName(kind);
        double[] values = recorded.Values(name);
        if (values.Length == count) return values;
        throw new UnknownCaseException($"{name} must have {count} numbers, got {values.Length}");
    }
}
