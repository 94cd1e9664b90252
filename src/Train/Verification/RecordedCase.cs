using GenKernels.Runtime;

namespace GenKernels.Train.Verification;

/// <summary>One case of an open file: settings, inputs and results.</summary>
internal sealed class RecordedCase
{
    private readonly SafetensorsFile _file;
    private readonly string _prefix;

    /// <param name="name">Name in reports.</param>
    /// <param name="file">Must stay open while the case is used.</param>
    /// <param name="prefix">Prefix of its tensors' names, such as <c>case3.</c>; empty for none.</param>
    /// <param name="config">Its settings.</param>
    internal RecordedCase(string name, SafetensorsFile file, string prefix, CaseConfig config)
    {
        (Name, _file, _prefix, Config) = (name, file, prefix, config);
        Tensors = [.. file.Names.Where(tensor => tensor.StartsWith(prefix, StringComparison.Ordinal))
            .Select(tensor => tensor[prefix.Length..])];
    }

    public string Name { get; }

    public CaseConfig Config { get; }

    /// <summary>File name without folder and extension.</summary>
    public string Stem => Path.GetFileNameWithoutExtension(_file.Path);

    /// <summary>The file's metadata.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _file.Metadata;

    /// <summary>Names of the tensors, without the prefix.</summary>
    public IReadOnlyList<string> Tensors { get; }

    public IEnumerable<string> Inputs => Tensors.Where(tensor => tensor.StartsWith("in.", StringComparison.Ordinal));

    /// <summary>The tensors that a run is compared with.</summary>
    public IEnumerable<string> Results => Tensors.Where(IsResult);

    public bool Has(string tensor) => _file.Contains(_prefix + tensor);

    /// <returns>The rank, or -1 if there is no such tensor.</returns>
    public int Rank(string tensor) => Has(tensor) ? Shape(tensor).Rank : -1;

    public Shape Shape(string tensor) => _file.Entry(_prefix + tensor).Shape;

    public float[] Floats(string tensor) => _file.ReadFloats(_prefix + tensor);

    public int[] Integers(string tensor) =>
        Array.ConvertAll(_file.ReadIntegers(_prefix + tensor), value => checked((int)value));

    /// <returns>Floats or integers, unrounded.</returns>
    public double[] Values(string tensor) => _file.Entry(_prefix + tensor).ElementType.IsFloat()
        ? Array.ConvertAll(Floats(tensor), value => (double)value)
        : Array.ConvertAll(_file.ReadIntegers(_prefix + tensor), value => (double)value);

    private static bool IsResult(string tensor) =>
        tensor.StartsWith("out.", StringComparison.Ordinal)
        || tensor.StartsWith("grad", StringComparison.Ordinal)
        || tensor.StartsWith("probe.", StringComparison.Ordinal);
}
