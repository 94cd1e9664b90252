namespace GenKernels.Tests.Structure;

/// <summary>An operation has one name, its stem, and everything about it is found by that name.</summary>
public sealed class StemTests
{
    private static readonly string[] s_fields = ["Shapes", "Types", "Launch", "Cost"];

    /// <summary>Families of kernels without gradients, with the reason.</summary>
    private static readonly Dictionary<string, string> s_familiesWithoutGradient = new()
    {
        ["Random"] = "draws numbers from a counter; there is nothing to differentiate",
        ["Optimization"] = "changes parameters in place, after the gradients",
    };

    /// <summary>Kernels whose operation is defined in another file, with the reason.</summary>
    private static readonly Dictionary<string, (string, string)> s_sharedOperations = new()
    {
        ["MatMulTensor"] = ("MatMul", "the same product, by other means"),
        ["SplitKReduction"] = ("Linear", "the end of a product"),
        ["ConvolutionTensor"] = ("Convolution", "the same convolution, by other means"),
        ["ConvolutionWeightGradientTensor"] = ("Convolution", "the same gradient, by other means"),
        ["ConvolutionWeightGradient"] = ("Convolution", "convolution and its two adjoints are each other's gradients"),
        ["Transpose"] = ("StridedCopy", "the same where rows become columns"),
        ["ScaledGradient"] = ("ScaledConvolution", "a part of its gradient"),
        ["ModulationEnergy"] = ("TemporalModulatedConvolution", "a part of it, and of its gradient"),
        ["Demodulation"] = ("TemporalModulatedConvolution", "a part of it, and of its gradient"),
        ["GroupNormGradient"] = ("GroupNorm", "the gradient of another, where it need not be differentiated again"),
        ["GroupNormSlice"] = ("GroupNorm", "the same where a group fits shared memory"),
        ["GroupNormGradientSlice"] = ("GroupNorm", "the same gradient where a group fits shared memory"),
        ["AttentionGradient"] = ("Attention", "the gradient of an operation whose other form is composed"),
        ["AttentionTensor"] = ("Attention", "the same on tensor cores"),
        ["AttentionTensorGradient"] = ("Attention", "the same on tensor cores"),
        ["AttentionWarpgroup"] = ("Attention", "the same by warpgroups"),
        ["AttentionGradientPreprocess"] = ("Attention", "a part of its gradient"),
        ["AttentionWarpgroupGradientQuery"] = ("Attention", "the same by warpgroups"),
        ["AttentionWarpgroupGradientKeyValue"] = ("Attention", "the same by warpgroups"),
    };

    /// <summary>Other kernels without gradients, with the reason.</summary>
    private static readonly Dictionary<string, string> s_kernelsWithoutGradient = new()
    {
        ["MagnitudeEma"] = "measures a layer's input, as batch statistics do; no gradient flows through it",
        ["ColorHistogram"] = "counts pixels; a count does not change with a small change of a colour",
        ["KeypointHeatmaps"] = "draws poses, which are data, as input of networks",
        ["Guidance"] = "joins what a trained network says; nothing is trained through it",
        ["EulerAncestralStep"] = "samples from a trained network; nothing is trained through it",
        ["DdimStep"] = "samples from a trained network; nothing is trained through it",
    };

    private static IEnumerable<string> Kernels => Repository.FilesBelow("src/Kernels", ".cu");

    [Test]
    public void ThereAreKernels() => Assert.That(Kernels, Does.Contain("src/Kernels/Normalization/PixelNorm.cu"));

    [TestCaseSource(nameof(Kernels))]
    public void AKernelHasALauncherBesideIt(string kernel) => RequireFile(Path.ChangeExtension(kernel, ".cs"));

    [TestCaseSource(nameof(Kernels))]
    public void AKernelHasADifferentiableOperation(string kernel)
    {
        (string family, string stem) = Split(kernel);
        if (s_familiesWithoutGradient.ContainsKey(family) || s_kernelsWithoutGradient.ContainsKey(stem)) return;
        string home = s_sharedOperations.GetValueOrDefault(stem, (stem, "")).Item1;
        RequireFile($"src/Autograd/{family}/{home}Operation.cs");
    }

    [TestCaseSource(nameof(Kernels))]
    public void AKernelHasTests(string kernel)
    {
        (string family, string stem) = Split(kernel);
        RequireFile($"tests/Kernels/{family}/{stem}Tests.cs");
    }

    [TestCaseSource(nameof(Kernels))]
    public void AKernelHasABenchmark(string kernel)
    {
        (string family, string stem) = Split(kernel);
        RequireFile($"benchmarks/Kernels/{family}/{stem}Benchmarks.cs");
    }

    [TestCaseSource(nameof(Kernels))]
    public void AKernelSaysWhatItIs(string kernel)
    {
        string[] header =
            [.. Repository.Lines(kernel).TakeWhile(line => line.StartsWith("//", StringComparison.Ordinal))];
        Assert.That(header.FirstOrDefault(), Does.StartWith($"// {Split(kernel).Stem}: "), "the first line names it");
        Assert.That(header, Has.Some.StartsWith("//   "), "a formula follows, indented");
        foreach (string field in s_fields) Assert.That(header, Has.Some.StartsWith($"// {field} "), field);
    }

    [TestCaseSource(nameof(Kernels))]
    public void KernelFunctionsBeginWithTheStem(string kernel)
    {
        string[] names = KernelSource.NamesIn(Repository.Read(kernel));
        Assert.That(names, Is.Not.Empty);
        Assert.That(names, Has.All.StartsWith(Split(kernel).Stem));
    }

    [Test]
    public void NoBenchmarkOutlivesItsKernel()
    {
        IEnumerable<string> orphans = Repository.FilesBelow("benchmarks/Kernels", ".cs")
            .Where(file => file.EndsWith("Benchmarks.cs", StringComparison.Ordinal))
            .Where(file => !Repository.Exists($"src/{file["benchmarks/".Length..^"Benchmarks.cs".Length]}.cu"));
        Assert.That(orphans, Is.Empty);
    }

    private static void RequireFile(string file) => Assert.That(Repository.Exists(file), Is.True, $"{file} is missing");

    private static (string Family, string Stem) Split(string kernel) =>
        (Path.GetFileName(Path.GetDirectoryName(kernel))!, Path.GetFileNameWithoutExtension(kernel));
}
