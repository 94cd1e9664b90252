using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;

namespace GenKernels.Runtime;

/// <summary>
/// One <c>.cu</c> file and the variants that it may be compiled in. The text comes from the resources of an assembly,
/// with the headers in the resources expanded in place of their <c>#include</c> lines, so that a compiler needs no
/// files.
/// </summary>
public sealed partial class KernelSource
{
    private readonly Assembly _assembly;
    private readonly Lazy<string> _text;
    private readonly Lazy<string[]> _kernelNames;
    private readonly HashSet<string> _known;
    private readonly HashSet<string> _patterns;

    /// <param name="path">Of the resource, such as <c>Normalization/PixelNorm.cu</c>.</param>
    /// <param name="assembly">The one that carries the file and its headers.</param>
    /// <param name="types">The values that <c>Scalar</c> may take.</param>
    /// <param name="variants">
    /// The sets of defines besides <c>Scalar</c>, each as <c>Name=value;Name=value</c>; a single empty set when none is
    /// given.
    /// </param>
    public KernelSource(string path, Assembly assembly, ElementType[] types, params string[] variants)
    {
        Path = path;
        _assembly = assembly;
        Types = types;
        Variants = variants.Length == 0 ? [""] : variants;
        _known = [.. Variants];
        _patterns = [.. Variants.Select(Pattern)];
        _text = new Lazy<string>(() => Expand(Path, []));
        _kernelNames = new Lazy<string[]>(() => NamesIn(Read(Path)));
    }

    /// <summary>The path of the resource.</summary>
    public string Path { get; }

    /// <summary>The values that <c>Scalar</c> may take.</summary>
    public IReadOnlyList<ElementType> Types { get; }

    /// <summary>The sets of defines besides <c>Scalar</c>.</summary>
    public IReadOnlyList<string> Variants { get; }

    /// <summary>
    /// Whether a variant may set the names of a listed one to other whole numbers; the listed ones are then examples,
    /// and the launcher enforces the limits.
    /// </summary>
    public bool HasOpenVariants { get; init; }

    /// <summary>The source with its headers expanded; <c>#line</c> keeps file names and line numbers.</summary>
    public string Text => _text.Value;

    /// <summary>The kernels that the file declares, in order.</summary>
    public IReadOnlyList<string> KernelNames => _kernelNames.Value;

    /// <summary>Whether the file may use the C++ library and runs on the CPU alone (<c>.cpp</c>).</summary>
    public bool IsHostOnly => Path.EndsWith(".cpp", StringComparison.Ordinal);

    /// <returns>Whether the file may be compiled with these defines.</returns>
    public bool Admits(string variant) =>
        _known.Contains(variant) || (HasOpenVariants && _patterns.Contains(Pattern(variant)));

    /// <returns>The lines that define <c>Scalar</c> and the variant.</returns>
    /// <exception cref="ArgumentException">The file does not declare this type or variant.</exception>
    public string Defines(ElementType type, string variant)
    {
        RequireDeclared(type, variant);
        StringBuilder lines = new($"#define Scalar {type.KernelName()}\n");
        foreach (string define in variant.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            lines.Append("#define ").Append(define.Replace('=', ' ')).Append('\n');
        }

        return lines.ToString();
    }

    /// <returns>The kernels that a text declares, in order.</returns>
    internal static string[] NamesIn(string text) =>
        [.. Declaration().Matches(text).Select(match => match.Groups[1].Value)];

    /// <exception cref="ArgumentException">The file does not declare this type or variant.</exception>
    internal void RequireDeclared(ElementType type, string variant)
    {
        if (!Types.Contains(type))
        {
            throw new ArgumentException($"{Path} is not compiled for {type}; it is for {string.Join(", ", Types)}");
        }

        if (!Admits(variant)) throw new ArgumentException($"{Path} has no variant \"{variant}\"");
    }

    /// <inheritdoc/>
    public override string ToString() => Path;

    [GeneratedRegex(@"^KERNEL(?:_OF\(\w+(?:, \w+)?\))?\s+(\w+)\s*\(", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex("^#include \"([^\"]+)\"")]
    private static partial Regex Include();

    [GeneratedRegex("=[0-9]+(?=;|$)")]
    private static partial Regex Number();

    private static string Pattern(string variant) => Number().Replace(variant, "=");

    private string Read(string path)
    {
        using Stream stream = _assembly.GetManifestResourceStream(path)
            ?? throw new FileNotFoundException($"the kernel source {path} is not in {_assembly.GetName().Name}");
        return new StreamReader(stream).ReadToEnd();
    }

    private string Expand(string path, HashSet<string> seen)
    {
        StringBuilder text = new($"#line 1 \"{path}\"\n");
        int number = 0;
        foreach (string line in Read(path).Split('\n'))
        {
            number++;
            Match include = Include().Match(line);
            if (!include.Success) text.Append(line).Append('\n');
            else if (seen.Add(include.Groups[1].Value))
            {
                text.Append(Expand(include.Groups[1].Value, seen)).Append($"#line {number + 1} \"{path}\"\n");
            }
            else text.Append('\n');
        }

        return text.ToString();
    }
}
