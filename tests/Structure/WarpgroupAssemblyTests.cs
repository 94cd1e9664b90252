using System.Text.RegularExpressions;
using static GenKernels.Tests.Structure.WarpgroupAssembly;

namespace GenKernels.Tests.Structure;

/// <summary>
/// Warpgroup instructions, which compilers pass on unchecked, follow the rules of the PTX ISA (8.0, "Asynchronous
/// warpgroup level matrix instructions"), and nothing touches their accumulators between the first one and the wait for
/// the last.
/// </summary>
public sealed class WarpgroupAssemblyTests
{
    private const string ProxyFence = "fence.proxy.async.shared::cta;";
    private const string Barrier = "bar.sync \t0;";

    private static IEnumerable<TestCaseData> Modules() => ModulesWith("TileRows");

    [TestCaseSource(nameof(Modules))]
    public void InstructionsAreAsTheIsaAsks(KernelSource source, ElementType type, string variant)
    {
        string ptx = Compile(source, type, variant);
        string[] lines = [.. ptx.Split('\n').Select(line => line.Trim())];
        Match[] multiplications = [.. lines.Select(line => Multiplication().Match(line)).Where(match => match.Success)];
        int columns = Number(variant, "TileColumns"), warps = Number(variant, "WarpsDown");
        int fragments = Number(variant, "TileRows") / (warps / 4) / 64;  // 64-row fragments per warpgroup

        Assert.That(lines, Has.Some.EqualTo(".target sm_90a").And.Some.EqualTo($".maxntid {32 * warps}, 1, 1"));
        Assert.That(
            LocalBytes(ptx), Is.EqualTo(new[] { 2 * TensorMap.Bytes }), "clang's copies of maps, no sums or chunks");
        Assert.That(multiplications, Has.Length.EqualTo(4 * fragments), "four steps of a slice");
        foreach (Match match in multiplications) CheckMultiplication(match, type, columns, Across(source, variant));
        CheckSums(lines, multiplications, fragments * columns / 2);
        CheckOrder(lines, multiplications.Length);
    }

    [Test]
    public void AnotherFormIsNoMultiplication([Values(
        "m64n128k8.f32.f16.f16", "m64n128k16.f32.f16.bf16", "m64n128k16.f16.f16.f16", "m128n128k16.f32.f16.f16")]
        string form) =>
        Assert.That(
            Multiplication().IsMatch(
                $"{{ .reg .pred adds; setp.ne.b32 adds, 1, 0; wgmma.mma_async.sync.aligned.{form} {{%f1, %f2}}, %rd1, "
                + "%rd2, adds, 1, 1, 0, 1; }"),
            Is.False);

    private static void CheckMultiplication(Match match, ElementType type, int columns, (string X, string W) across)
    {
        Assert.That(Int(match, "columns"), Is.EqualTo(columns));
        Assert.That(match.Groups["type"].Value, Is.EqualTo(type == ElementType.Float16 ? "f16" : "bf16"));
        Assert.That((match.Groups["x"].Value, match.Groups["w"].Value), Is.EqualTo(across), "which operand is across");
        Assert.That(match.Groups["adding"].Value, Is.EqualTo("1"));
        CheckRegisters(match, columns);
    }

    private static void CheckSums(string[] lines, Match[] multiplications, int count)
    {
        HashSet<string> sums = [.. multiplications.SelectMany(Sums)];
        Assert.That(sums, Has.Count.EqualTo(count), "every step adds to the same sums");
        IEnumerable<string> between = lines[Array.IndexOf(lines, Fence)..Array.IndexOf(lines, WaitForAll)]
            .Where(line => !Multiplication().IsMatch(line))
            .Where(line => Float().Matches(line).Any(match => sums.Contains(match.Value)));
        Assert.That(between, Is.Empty);
    }

    private static void CheckOrder(string[] lines, int count)
    {
        string[] words = [.. lines
            .Where(line => line.Contains("wgmma", StringComparison.Ordinal) || line is ProxyFence or Barrier)
            .Select(line => Multiplication().IsMatch(line) ? "" : line)];
        string[] body = [Fence, .. Enumerable.Repeat("", count), Commit, WaitForOthers, Barrier];
        int start = Array.IndexOf(words, Fence);
        Assert.That(words[start..(start + body.Length)], Is.EqualTo(body), "copies over a slice follow all its reads");
        string[] others = [.. words[..start], .. words[(start + body.Length)..]];
        string[] barriers = [.. Enumerable.Repeat(Barrier, 3)];  // new barriers; the last reads; the sums
        Assert.That(others, Is.EquivalentTo((string[])[ProxyFence, WaitForAll, .. barriers]));

        int fence = Array.IndexOf(lines, ProxyFence);
        Assert.That(lines[..fence], Has.Some.StartsWith("mbarrier.init"), "new barriers are shown to the copies");
        Assert.That(lines[fence..], Has.None.StartsWith("mbarrier.init").And.Some.StartsWith("cp.async.bulk.tensor"));
    }

    /// <returns>The last two immediates of a multiplication: whether x and w are transposed.</returns>
    private static (string X, string W) Across(KernelSource source, string variant) =>
        Path.GetFileNameWithoutExtension(source.Path) switch
        {
            "MatMulTensor" => ($"{Number(variant, "TransposeX")}", $"{1 - Number(variant, "TransposeW")}"),
            "ConvolutionTensor" => ("0", "0"),
            _ => ("1", "1"),
        };
}
