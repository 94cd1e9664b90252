using System.Text.Json;

namespace GenKernels.Train.Verification;

/// <summary>The settings of a recorded case; a setting that is missing or null reads as null.</summary>
internal readonly struct CaseConfig(JsonElement settings)
{
    /// <summary>Names of the settings that are not null; empty if there is no section.</summary>
    public string[] Names => settings.ValueKind != JsonValueKind.Object ? [] :
        [.. settings.EnumerateObject().Where(setting => setting.Value.ValueKind != JsonValueKind.Null)
            .Select(setting => setting.Name)];

    public bool Has(string name) => Find(name) is not null;

    public string? Text(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        { } other => throw Misread(name, other, "text"),
    };

    public double? Number(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value => value.GetDouble(),
        { } other => throw Misread(name, other, "a number"),
    };

    public bool? Flag(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } other => throw Misread(name, other, "true or false"),
    };

    public int? Integer(string name) => Number(name) is { } value ? Whole(name, value) : null;

    /// <returns>A list, or a single number as a list of one.</returns>
    public double[]? Numbers(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value => [value.GetDouble()],
        { ValueKind: JsonValueKind.Array } list when list.EnumerateArray().All(IsNumber) =>
            [.. list.EnumerateArray().Select(item => item.GetDouble())],
        { } other => throw Misread(name, other, "numbers"),
    };

    /// <inheritdoc cref="Numbers"/>
    public int[]? Integers(string name) =>
        Numbers(name) is { } values ? Array.ConvertAll(values, value => Whole(name, value)) : null;

    /// <returns>A list of pairs of integers.</returns>
    public (int First, int Second)[]? Pairs(string name)
    {
        if (Find(name) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Array) throw Misread(name, value, "pairs");
        return [.. value.EnumerateArray().Select(item => IsPair(item)
            ? (Whole(name, item[0].GetDouble()), Whole(name, item[1].GetDouble()))
            : throw Misread(name, item, "a pair"))];
    }

    /// <returns>The settings of a section; empty if it is missing.</returns>
    public CaseConfig Section(string name) => new(Find(name) ?? default);

    /// <exception cref="UnknownCaseException">The setting is missing.</exception>
    public double RequiredNumber(string name) => Number(name) ?? throw Missing(name);

    /// <inheritdoc cref="RequiredNumber"/>
    public int RequiredInteger(string name) => Integer(name) ?? throw Missing(name);

    /// <inheritdoc cref="RequiredNumber"/>
    public double[] RequiredNumbers(string name) => Numbers(name) ?? throw Missing(name);

    /// <inheritdoc cref="RequiredNumber"/>
    public (int First, int Second)[] RequiredPairs(string name) => Pairs(name) ?? throw Missing(name);

    private static bool IsNumber(JsonElement value) => value.ValueKind == JsonValueKind.Number;

    private static bool IsPair(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 2 && value.EnumerateArray().All(IsNumber);

    private static UnknownCaseException Missing(string name) => new($"the config lacks {name}");

    private static UnknownCaseException Misread(string name, JsonElement value, string needed) =>
        new($"the config's {name} must be {needed}, got {value.GetRawText()}");

    private static int Whole(string name, double value) => value == Math.Truncate(value)
        ? (int)value
        : throw new UnknownCaseException($"the config's {name} must be whole, got {value}");

    private JsonElement? Find(string name)
    {
        if (settings.ValueKind != JsonValueKind.Object) return null;
        if (!settings.TryGetProperty(name, out JsonElement value)) return null;
        return value.ValueKind == JsonValueKind.Null ? null : value;
    }
}
