using System.Globalization;
using System.Text.RegularExpressions;

namespace GenKernels.Tests.Structure;

/// <summary>
/// What compilers pass on unread, the instructions of warpgroups, is as the PTX ISA asks (8.0, "Asynchronous warpgroup
/// level matrix instructions"), and nothing touches their sums between the first one and the wait for the last.
/// </summary>
public sealed partial class WarpgroupAssemblyTests
{
    private const string Fence = "wgmma.fence.sync.aligned;";
    private const string Commit = "wgmma.commit_group.sync.aligned;";
    private const string WaitForOthers = "wgmma.wait_group.sync.aligned 1;";
    private const string WaitForAll = "wgmma.wait_group.sync.aligned 0;";
    private const string ProxyFence = "fence.proxy.async.shared::cta;";
    private const string Barrier = "bar.sync \t0;";

    /// <summary>Those that are made of tiles; see <see cref="AttentionAssemblyTests"/>.</summary>
    private static IEnumerable<TestCaseData> Modules() =>
        from source in DeviceCompileTests.Sources().Where(DeviceCompileTests.HasWarpgroups)
        where source.Variants[0].Contains("TileRows", StringComparison.Ordinal)
        from type in source.Types
        from variant in source.Variants
        select new TestCaseData(source, type, variant).SetArgDisplayNames($"{source}", $"{type}", variant);

    [TestCaseSource(nameof(Modules))]
    public void InstructionsAreAsTheIsaAsks(KernelSource source, ElementType type, string variant)
    {
        string text = source.Defines(type, variant) + source.Text;
        (string ptx, string log) = DeviceCompiler.Required().Compile("sm_90a", text, level: 3);
        Assert.That(log, Is.Empty);
        string[] lines = [.. ptx.Split('\n').Select(line => line.Trim())];
        Match[] multiplications = [.. lines.Select(line => Multiplication().Match(line)).Where(match => match.Success)];
        int rows = Number(variant, "TileRows"), columns = Number(variant, "TileColumns");

        Assert.That(lines, Has.Some.EqualTo(".target sm_90a").And.Some.EqualTo(".maxntid 256, 1, 1"));
        Assert.That(LocalBytes(ptx), Is.EqualTo(new[] { 2 * TensorMap.Bytes }), "clang's copies of two maps, no sums or chunks");
        Assert.That(multiplications, Has.Length.EqualTo(4 * (rows / 128)), "four steps of a slice");
        foreach (Match match in multiplications) CheckMultiplication(match, type, columns, Across(source, variant));
        CheckSums(lines, multiplications, rows / 128 * columns / 2);
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

    /// <summary>As many sums as a thread has, each once; x in registers, where it is, in as many as a thread has.</summary>
    internal static void CheckRegisters(Match match, int columns)
    {
        Assert.That(match.Groups["sum"].Captures, Has.Count.EqualTo(columns / 2), "64 rows over 128 threads");
        Assert.That(Sums(match), Is.Unique);
        bool isInRegisters = match.Groups["left"].Success;
        Assert.That(match.Groups["left"].Captures, Has.Count.EqualTo(isInRegisters ? 4 : 0), "64 rows of 32 bytes");
        Assert.That(match.Groups["x"].Success, Is.EqualTo(!isInRegisters), "registers cannot lie across");
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

    /// <returns>The last two numbers of a multiplication.</returns>
    private static (string X, string W) Across(KernelSource source, string variant) =>
        Path.GetFileNameWithoutExtension(source.Path) switch
        {
            "MatMulTensor" => ($"{Number(variant, "TransposeX")}", $"{1 - Number(variant, "TransposeW")}"),
            "ConvolutionTensor" => ("0", "0"),
            _ => ("1", "1"),
        };

    /// <returns>The bytes of each array that lies in a thread's local memory.</returns>
    internal static int[] LocalBytes(string ptx) =>
        [.. LocalArray().Matches(ptx).Select(match => Int(match, "bytes"))];

    /// <returns>The registers of a multiplication's sums.</returns>
    internal static IEnumerable<string> Sums(Match match) =>
        match.Groups["sum"].Captures.Select(capture => capture.Value);

    private static int Int(Match match, string name) =>
        int.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture);

    /// <returns>What a variant defines a name as.</returns>
    internal static int Number(string variant, string name) => int.Parse(
        variant.Split(';').Select(define => define.Split('=')).First(define => define[0] == name)[1],
        CultureInfo.InvariantCulture);

    /// <summary>
    /// Scale of the sums: a predicate; x: a descriptor, or registers; of the operands: 1; then whether each lies across.
    /// </summary>
    [GeneratedRegex(
        @"^\{ \.reg \.pred (?<adds>\w+); setp\.ne\.b32 \k<adds>, (?<adding>[01]), 0; "
        + @"wgmma\.mma_async\.sync\.aligned\.m64n(?<columns>40|64|80|128|160|256)k16\.f32\.(?<type>f16|bf16)\.\k<type> "
        + @"\{(?<sum>%f\d+)(?:, (?<sum>%f\d+))*\}, (?:%rd\d+|\{(?<left>%r\d+)(?:, (?<left>%r\d+))*\}), %rd\d+, "
        + @"\k<adds>, 1, 1, (?:(?<x>[01]), )?(?<w>[01]); \}$")]
    internal static partial Regex Multiplication();

    [GeneratedRegex(@"\.local \.align \d+ \.b8\s+\w+\[(?<bytes>\d+)\];")]
    private static partial Regex LocalArray();

    /// <summary>A register of a float.</summary>
    [GeneratedRegex(@"%f\d+")]
    internal static partial Regex Float();
}
