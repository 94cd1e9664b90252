using GenKernels.Tests.Golden;
using GenKernels.Train.Verification;

namespace GenKernels.Tests.Models.LongVideo;

/// <summary>Asserts that all cases of a file of recorded cases pass.</summary>
internal static class RecordedCases
{
    /// <param name="name">Path relative to <c>tests/Golden</c>.</param>
    /// <param name="device">Device that they run on.</param>
    public static void Hold(string name, Device device)
    {
        CaseResult[] results = [.. new Verifier(device).Run(GoldenFiles.Path(name))];
        foreach (CaseResult result in results)
        {
            TestContext.Out.WriteLine($"{result.Case}: {result.Status}, worst {result.Worst} {result.Error:0.0e0}");
        }

        Assert.That(results, Is.Not.Empty);
        IEnumerable<CaseResult> failed = results.Where(result => result.Status != CaseStatus.Passed);
        Assert.That(failed.Select(result => result.Message), Is.Empty);
    }
}
