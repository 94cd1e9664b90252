using System.Text.Json;
using GenKernels.Autograd;
using GenKernels.Models.StyleGan;
using GenKernels.Tests.Golden;

namespace GenKernels.Tests.Models.LongVideo;

/// <summary>Compares a network's state with the recorded names, shapes and types of the release.</summary>
internal static class ReleaseState
{
    /// <param name="facts">Path relative to <c>tests/Golden</c>.</param>
    /// <param name="make">Makes the network.</param>
    public static void Hold(string facts, Func<Initializer, Module> make)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(GoldenFiles.Path(facts)));
        using Initializer initializer = new(TestDevices.Usual, seed: 0);
        using Module network = make(initializer);
        JsonElement[] tensors = [.. document.RootElement.GetProperty("tensors").EnumerateArray()];
        HashSet<string> parameters = [.. network.NamedParameters().Select(entry => entry.Name)];

        Assert.That(network.ParameterCount, Is.EqualTo(document.RootElement.GetProperty("param_count").GetInt64()));
        Assert.That(
            network.NamedBuffers().Sum(entry => entry.Buffer.Value.ElementCount),
            Is.EqualTo(document.RootElement.GetProperty("buffer_count").GetInt64()));
        Assert.That(StateDict.Write(network).Select(entry => Line(
            entry.Name, entry.Shape.Select(size => (long)size), $"{entry.Type}", parameters.Contains(entry.Name))),
            Is.EquivalentTo(tensors.Select(Line)));
    }

    private static string Line(JsonElement tensor) => Line(
        tensor.GetProperty("key").GetString()!,
        tensor.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()),
        tensor.GetProperty("dtype").GetString()!, tensor.GetProperty("kind").GetString() == "param");

    private static string Line(string name, IEnumerable<long> shape, string type, bool isParameter) =>
        $"{name} [{string.Join(", ", shape)}] {type.ToLowerInvariant()} {(isParameter ? "parameter" : "buffer")}";
}
