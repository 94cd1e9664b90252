using System.Text.Json;

namespace GenKernels.Tests.Support.Reporting;

/// <summary>Tests that one process runs.</summary>
/// <param name="Name">Of a fixture, or of the folder of several.</param>
/// <param name="Filter">The expression that chooses their fixtures.</param>
/// <param name="Count">Tests.</param>
internal sealed record TestBatch(string Name, string Filter, int Count)
{
    private static readonly string s_root = $"{nameof(GenKernels)}.{nameof(Tests)}.";

    /// <returns>
    /// The others first, since a batch of many fixtures takes longest: one a folder, so that what takes a machine or a
    /// process for itself is not beside its like. Then the fixtures that have a device, each on its own.
    /// </returns>
    /// <param name="fixtures">The fixture of each test; those with arguments end with them.</param>
    internal static TestBatch[] Divide(IEnumerable<string> fixtures) =>
    [
        .. from batch in fixtures.GroupBy(NameOf)
           orderby HasArguments(batch.First()), batch.Count() descending, batch.Key
           select new TestBatch(batch.Key, string.Join('|', batch.Select(FilterOf).Distinct()), batch.Count()),
    ];

    /// <returns>
    /// The fixture of each test that the tests' program lists as JSON and that runs among others, which explicit ones
    /// do not; none where it lists nothing.
    /// </returns>
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

    // Names of fixtures end with Tests, so that none begins like another.
    private static string FilterOf(string fixture) => $"FullyQualifiedName~{fixture.Split('(')[0]}";
}
