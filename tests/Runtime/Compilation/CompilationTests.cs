using GenKernels.Kernels.Normalization;
using GenKernels.Runtime.Interop;

namespace GenKernels.Tests.Runtime.Compilation;

public sealed class CompilationTests
{
    [Test]
    public void AFailureShowsLogAndSourceUnderItsOwnNumbers()
    {
        CompilationException exception = CompilationException.FromLog(
            "Family/Stem.cu", "g++", "Stem.cu:2: error\n",
            "#define Scalar float\n#line 1 \"Stem.cu\"\nint a;\nint b c;");
        Assert.That(
            exception.Message.ReplaceLineEndings("\n"),
            Does.StartWith("g++ could not compile Family/Stem.cu:\nStem.cu:2: error\n")
                .And.Contain("\nStem.cu, around the first fault:\n     1 int a;\n>    2 int b c;\n"));
    }

    [Test]
    public void WithoutNvrtcTheMessageSaysWhatToInstall()
    {
        NativeLibraryLocator missing = new(
            "nvrtc", "NVRTC", () => ["libnvrtc.so.13"], "install it so", environment: name =>
                name == "GENKERNELS_NVRTC" ? "/nowhere/libnvrtc.so.13" : null);
        NvrtcCompiler compiler = new(new KernelCache(), 90, missing);
        KernelSource source = new("Normalization/PixelNorm.cu", typeof(PixelNorm).Assembly, [ElementType.Float32]);
        Assert.That(compiler.Description, Is.EqualTo("no NVRTC"));
        Assert.That(compiler.CompilesFor("sm_90a"), Is.False);
        Assert.That(
            () => compiler.Compile(source, ElementType.Float32, ""),
            Throws.TypeOf<CompilationException>().With.Message.EqualTo(
                "Normalization/PixelNorm.cu: NVRTC was not found; install it so, or name its path in GENKERNELS_NVRTC "
                + "(tried: /nowhere/libnvrtc.so.13)"));
    }

    [TestCase(80, "sm_80")]
    [TestCase(90, "sm_90a")]
    [TestCase(100, "sm_100a")]
    [TestCase(121, "compute_100")]
    [TestCase(89, "compute_80")]
    public void TheTargetIsTheGpuOrTheNewestBeforeIt(int capability, string target) =>
        Assert.That(NvrtcCompiler.TargetFor(capability, [75, 80, 90, 100]), Is.EqualTo(target));

    [Test]
    public void AGpuOlderThanAllTargetsIsRefused() =>
        Assert.That(
            () => NvrtcCompiler.TargetFor(70, [75, 80]),
            Throws.TypeOf<CompilationException>().With.Message.Contains("compiles for 75, 80, the GPU is 70"));
}
