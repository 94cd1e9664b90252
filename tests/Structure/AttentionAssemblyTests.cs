using System.Text.RegularExpressions;
using static GenKernels.Tests.Structure.WarpgroupAssembly;

namespace GenKernels.Tests.Structure;

/// <summary>As <see cref="WarpgroupAssemblyTests"/>, for the attention kernels.</summary>
public sealed class AttentionAssemblyTests
{
    private static IEnumerable<TestCaseData> Modules() => ModulesWith("HeadPieces");

    [TestCaseSource(nameof(Modules))]
    public void InstructionsAreAsTheIsaAsks(KernelSource source, ElementType type, string variant)
    {
        string ptx = Compile(source, type, variant);
        Assert.That(ptx, Does.Contain(".target sm_90a"));
        string[] kernels = ptx.Split(".visible .entry ")[1..];
        Assert.That(kernels, Has.Length.EqualTo(source.KernelNames.Count));
        foreach (string kernel in kernels)
        {
            // Products with the own tokens (logits and, for gradients, slopes), and sums weighted by them.
            (int products, int sums, int maps) = kernel.Split('(')[0] switch
            {
                "AttentionWarpgroup" => (1, 1, 2),
                "AttentionWarpgroupGradientQuery" => (2, 1, 4),
                _ => (2, 2, 4),
            };
            int[] local = LocalBytes(kernel);
            Assert.That(local, Is.EqualTo(new[] { maps * TensorMap.Bytes }), "clang's copies of maps, no sums");
            Check([.. kernel.Split('\n').Select(line => line.Trim())], type, variant, products, sums);
        }
    }

    private static void Check(string[] lines, ElementType type, string variant, int products, int sums)
    {
        int pieces = Number(variant, "HeadPieces");
        int tokens = Number(variant, "TileTokens");
        int threads = 128 * (Number(variant, "Warpgroups") + 1);  // plus the producer warpgroup, which loads tiles
        Assert.That(lines.Any(line => line.StartsWith($".maxntid {threads}, 1, 1", StringComparison.Ordinal)), Is.True);
        string[] words = [.. lines.Where(line => line.Contains("wgmma", StringComparison.Ordinal))];
        Match[] multiplications = [.. words
            .Select(word => Multiplication().Match(word)).Where(match => match.Success)];

        // The first tile's products, another tile's products beside the previous tile's sums, and the last tile's sums.
        string[] others = [.. words.Where(word => !Multiplication().IsMatch(word))];
        Assert.That(others, Is.EquivalentTo((string[])
        [
            Fence, Commit, WaitForAll, WaitForAll, Fence, Commit, Fence, Commit, WaitForOthers, Fence, Commit,
            WaitForAll,
        ]));
        Match[] ofChannels = [.. multiplications.Where(match => match.Groups["w"].Value == "0")];
        Match[] ofTokens = [.. multiplications.Where(match => match.Groups["w"].Value == "1")];
        int steps = (pieces + 1) / 2;
        Assert.That(ofChannels, Has.Length.EqualTo(2 * products * steps), "all channels of a head");
        Assert.That(ofTokens, Has.Length.EqualTo(2 * sums * tokens / 16), "all tokens of a tile");
        Assert.That(ofChannels.Count(match => match.Groups["adding"].Value == "0"), Is.EqualTo(2 * products), "anew");
        Assert.That(ofTokens.Select(match => match.Groups["adding"].Value), Has.All.EqualTo("1"));
        Assert.That(ofTokens.Select(match => match.Groups["left"].Success), Has.All.True, "weights are in registers");
        foreach (Match match in multiplications)
        {
            Assert.That(match.Groups["type"].Value, Is.EqualTo(type == ElementType.Float16 ? "f16" : "bf16"));
            int columns = match.Groups["w"].Value == "0" ? tokens : 8 * pieces;
            Assert.That(match.Groups["columns"].Value, Is.EqualTo($"{columns}"));
            CheckRegisters(match, columns);
        }

        CheckGroups(lines);
    }

    /// <summary>From a fence to the last multiplication after it, nothing else touches the accumulators.</summary>
    private static void CheckGroups(string[] lines)
    {
        HashSet<string> open = [];
        foreach (string line in lines)
        {
            Match match = Multiplication().Match(line);
            if (match.Success) open.UnionWith(Sums(match));
            else if (line.Contains("wgmma", StringComparison.Ordinal) || line.EndsWith(':')) open.Clear();
            else Assert.That(Touched(line), Is.Empty, line);
        }

        IEnumerable<string> Touched(string line) =>
            Float().Matches(line).Select(match => match.Value).Where(open.Contains);
    }
}
