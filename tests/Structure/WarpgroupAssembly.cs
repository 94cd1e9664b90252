using System.Globalization;
using System.Text.RegularExpressions;

namespace GenKernels.Tests.Structure;

/// <summary>The assembly of warpgroup kernels as clang writes it, and its parsing.</summary>
internal static partial class WarpgroupAssembly
{
    internal const string Fence = "wgmma.fence.sync.aligned;";
    internal const string Commit = "wgmma.commit_group.sync.aligned;";
    internal const string WaitForOthers = "wgmma.wait_group.sync.aligned 1;";
    internal const string WaitForAll = "wgmma.wait_group.sync.aligned 0;";

    /// <returns>The modules compiled from kernels that have a define of that name.</returns>
    internal static IEnumerable<TestCaseData> ModulesWith(string define) =>
        from source in DeviceCompileTests.Sources().Where(DeviceCompileTests.HasWarpgroups)
        where source.Variants[0].Contains(define, StringComparison.Ordinal)
        from type in source.Types
        from variant in source.Variants
        select new TestCaseData(source, type, variant).SetArgDisplayNames($"{source}", $"{type}", variant);

    internal static string Compile(KernelSource source, ElementType type, string variant)
    {
        string text = source.Defines(type, variant) + source.Text;
        (string ptx, string log) = DeviceCompiler.Required().Compile("sm_90a", text, level: 3);
        Assert.That(log, Is.Empty);
        return ptx;
    }

    /// <summary>Checks a multiplication's registers: the thread's accumulators, each once, and x if it is in
    /// registers.</summary>
    internal static void CheckRegisters(Match match, int columns)
    {
        Assert.That(match.Groups["sum"].Captures, Has.Count.EqualTo(columns / 2), "64 rows over 128 threads");
        Assert.That(Sums(match), Is.Unique);
        bool isInRegisters = match.Groups["left"].Success;
        Assert.That(match.Groups["left"].Captures, Has.Count.EqualTo(isInRegisters ? 4 : 0), "64 rows of 32 bytes");
        Assert.That(match.Groups["x"].Success, Is.EqualTo(!isInRegisters), "registers cannot lie across");
    }

    /// <returns>The bytes of each array in a thread's local memory.</returns>
    internal static int[] LocalBytes(string ptx) =>
        [.. LocalArray().Matches(ptx).Select(match => Int(match, "bytes"))];

    /// <returns>The accumulator registers of a multiplication.</returns>
    internal static IEnumerable<string> Sums(Match match) =>
        match.Groups["sum"].Captures.Select(capture => capture.Value);

    internal static int Int(Match match, string name) =>
        int.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture);

    /// <returns>The value that a variant defines for a name.</returns>
    internal static int Number(string variant, string name) => int.Parse(
        variant.Split(';').Select(define => define.Split('=')).First(define => define[0] == name)[1],
        CultureInfo.InvariantCulture);

    /// <summary>
    /// Operands: the predicate scale-d; x as a descriptor or registers; the scales of x and w, which are 1; then
    /// whether each is transposed.
    /// </summary>
    [GeneratedRegex(
        @"^\{ \.reg \.pred (?<adds>\w+); setp\.ne\.b32 \k<adds>, (?<adding>[01]), 0; "
        + @"wgmma\.mma_async\.sync\.aligned\.m64n(?<columns>40|64|80|128|160|256)k16\.f32\."
        + @"(?<type>f16|bf16)\.\k<type> \{(?<sum>%f\d+)(?:, (?<sum>%f\d+))*\}, "
        + @"(?:%rd\d+|\{(?<left>%r\d+)(?:, (?<left>%r\d+))*\}), %rd\d+, "
        + @"\k<adds>, 1, 1, (?:(?<x>[01]), )?(?<w>[01]); \}$")]
    internal static partial Regex Multiplication();

    [GeneratedRegex(@"\.local \.align \d+ \.b8\s+\w+\[(?<bytes>\d+)\];")]
    private static partial Regex LocalArray();

    /// <summary>A float register.</summary>
    [GeneratedRegex(@"%f\d+")]
    internal static partial Regex Float();
}
