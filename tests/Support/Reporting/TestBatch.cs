using System.Text.Json;

namespace GenKernels.Tests.Support.Reporting;

/// <summary>The tests that one process runs.</summary>
/// <param name="Name">Name of a fixture, or of the folder of several.</param>
/// <param name="Filter">The filter expression that selects their fixtures.</param>
/// <param name="Count">Number of tests.</param>
internal sealed record TestBatch(string Name, string Filter, int Count)
{
    private static readonly string s_root = $"{nameof(GenKernels)}.{nameof(Tests)}.";

    /// <returns>
    /// First the fixtures without a device, because a batch of many takes longest: one batch per folder, so that tests
    /// that need the machine or a process to themselves do not run in parallel with similar ones. Then the fixtures
    /// with a device, each in its own batch.
    /// </returns>
    /// <param name="fixtures">The fixture of each test; one with arguments ends with them.</param>
    internal static TestBatch[] Divide(IEnumerable<string> fixtures) =>
    [
        .. from batch in fixtures.GroupBy(NameOf)
           orderby HasArguments(batch.First()), batch.Count() descending, batch.Key
           select new TestBatch(batch.Key, string.Join('|', batch.Select(FilterOf).Distinct()), batch.Count()),
    ];

    /// <returns>The fixture of each test in the program's JSON list that runs by default (explicit tests do not); none
    /// if it lists nothing.</returns>
    internal static IEnumerable<string> Fixtures(string output)
    {
        if (!output.Contains('{', StringComparison.Ordinal)) return [];
        using JsonDocument list = JsonDocument.Parse(output[output.IndexOf('{')..(output.LastIndexOf('}') + 1)]);
        return
        [
            .. from test in list.RootElement.GetProperty("tests").EnumerateArray()
               where !IsExplicit(test)
               let type = test.GetProperty("type")
               select $"{type.GetProperty("namespace")}.{type.GetProperty("typeName")}",
        ];
    }

    private static bool IsExplicit(JsonElement test) =>
        test.TryGetProperty("traits", out JsonElement traits)
        && traits.EnumerateArray().Any(trait => trait.GetProperty("key").GetString() == "Explicit");

    private static bool HasArguments(string fixture) => fixture.Contains('(', StringComparison.Ordinal);

    private static string NameOf(string fixture)
    {
        string name = fixture.StartsWith(s_root, StringComparison.Ordinal) ? fixture[s_root.Length..] : fixture;
        return name.Split(HasArguments(name) ? '(' : '.')[0];
    }

    // Names of fixtures end in Tests, so that none is a prefix of another.
    private static string FilterOf(string fixture) => $"FullyQualifiedName~{fixture.Split('(')[0]}";
}
