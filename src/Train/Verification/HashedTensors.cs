using System.Text.Json;
using GenKernels.Runtime;

namespace GenKernels.Train.Verification;

/// <summary>
/// The tensors of a case that are not stored but made by <see cref="HashedWeights"/>, from the file's metadata.
/// </summary>
internal sealed class HashedTensors
{
    private readonly string _salt;
    private readonly Dictionary<string, float[]> _table;

    private HashedTensors(string salt, Dictionary<string, float[]> table) => (_salt, _table) = (salt, table);

    public static bool IsIn(RecordedCase recorded) => recorded.Metadata.ContainsKey("table");

    /// <returns>Null where the file stores its tensors.</returns>
    /// <exception cref="UnknownCaseException">The table does not give offset and scale by name.</exception>
    public static HashedTensors? Of(RecordedCase recorded)
    {
        if (!recorded.Metadata.TryGetValue("table", out string? text)) return null;
        try
        {
            Dictionary<string, float[]> table = JsonSerializer.Deserialize<Dictionary<string, float[]>>(text) ?? [];
            bool isWhole = table.Values.All(numbers => numbers.Length == 2);
            if (isWhole && recorded.Metadata.TryGetValue("salt", out string? salt))
            {
                return new HashedTensors(salt, table);
            }
        }
        catch (JsonException)
        {
            // Told below, as for a table of other numbers.
        }

        throw new UnknownCaseException("the metadata must have a table of offset and scale by name, and a salt");
    }

    public bool Has(string name) => _table.ContainsKey(name);

    /// <returns>The elements of a tensor of the table.</returns>
    public float[] Make(string name, Shape shape)
    {
        float[] values = new float[shape.ElementCount];
        HashedWeights.Fill(values, _salt, name, _table[name][0], _table[name][1]);
        return values;
    }
}
