using System.Text.Json;
using System.Text.RegularExpressions;
using GenKernels.Runtime;

namespace GenKernels.Train.Verification;

/// <summary>
/// A file of recorded cases. If it holds several, tensor names start with <c>case0.</c>, <c>case1.</c> and so on.
/// </summary>
internal sealed partial class CaseFile : IDisposable
{
    private readonly SafetensorsFile _file;
    private readonly JsonDocument _config;

    private CaseFile(SafetensorsFile file, string name)
    {
        _file = file;
        _config = ParseConfig(file);
        Cases = [.. Split(name)];
    }

    public IReadOnlyList<RecordedCase> Cases { get; }

    /// <param name="path">Path of the file.</param>
    /// <param name="name">Name of the file in reports.</param>
    /// <exception cref="SafetensorsException">The file breaks a rule of the format, or its configuration is not
    /// JSON.</exception>
    public static CaseFile Open(string path, string name)
    {
        SafetensorsFile file = SafetensorsFile.Open(path);
        try
        {
            return new CaseFile(file, name);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _config.Dispose();
        _file.Dispose();
    }

    private static JsonDocument ParseConfig(SafetensorsFile file)
    {
        try
        {
            return JsonDocument.Parse(file.Metadata.GetValueOrDefault("config", "{}"));
        }
        catch (JsonException fault)
        {
            throw new SafetensorsException($"{file.Path}: the config in the metadata is not JSON: {fault.Message}");
        }
    }

    private IEnumerable<RecordedCase> Split(string name)
    {
        int[] numbers = [.. _file.Names.Select(tensor => CasePrefix().Match(tensor)).Where(match => match.Success)
            .Select(match => int.Parse(match.Groups[1].Value)).Distinct().Order()];
        if (numbers.Length == 0) return [new RecordedCase(name, _file, "", new CaseConfig(_config.RootElement))];

        // A case with a configuration but no tensors counts too; it comes out as unknown.
        JsonElement root = _config.RootElement;
        int count = root.ValueKind == JsonValueKind.Array ? root.GetArrayLength() : 0;
        return numbers.Union(Enumerable.Range(0, count)).Order().Select(number =>
            new RecordedCase($"{name} {number}", _file, $"case{number}.", ConfigOf(number)));
    }

    private CaseConfig ConfigOf(int number)
    {
        JsonElement root = _config.RootElement;
        if (root.ValueKind != JsonValueKind.Array) return new CaseConfig(root);
        return new CaseConfig(number < root.GetArrayLength() ? root[number] : default);
    }

    [GeneratedRegex(@"^case(\d{1,6})\.")]
    private static partial Regex CasePrefix();
}
