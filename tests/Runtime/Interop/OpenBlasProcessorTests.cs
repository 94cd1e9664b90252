using System.Runtime.Intrinsics.X86;
using GenKernels.Runtime.Interop;

namespace GenKernels.Tests.Runtime.Interop;

public sealed class OpenBlasProcessorTests
{
    [TestCase("GenuineIntel", true, true, ExpectedResult = "SkylakeX")]
    [TestCase("GenuineIntel", false, true, ExpectedResult = "Haswell")]
    [TestCase("GenuineIntel", false, false, ExpectedResult = null)]
    [TestCase("AuthenticAMD", true, true, ExpectedResult = null)]
    [TestCase("", false, false, ExpectedResult = null)]
    public string? AnIntelProcessorIsNamed(string vendor, bool hasAvx512, bool hasAvx2) =>
        OpenBlasProcessor.CoreOf(vendor, hasAvx512, hasAvx2);

    [Test]
    public void AProcessorWithVectorsOfEightIsNotTakenForOneWithout()
    {
        Assume.That(OpenBlas.IsAvailable, NativeLibraries.OpenBlas.Report);
        if (Avx2.IsSupported) Assert.That(OpenBlas.Configuration, Does.Not.Contain("Prescott"));
    }
}
