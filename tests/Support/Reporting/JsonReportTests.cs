using System.Diagnostics;
using System.Text.Json;

namespace GenKernels.Tests.Support.Reporting;

/// <summary>The tests' program in a separate process, with one or two tests.</summary>
public sealed class JsonReportTests
{
    [Test]
    public void PassesAreCounted()
    {
        JsonElement report = Report(nameof(Counted), []);
        Assert.That(report.GetProperty("isComplete").GetBoolean(), Is.True);
        Assert.That(report.GetProperty("passed").GetInt32(), Is.EqualTo(1));
        Assert.That(report.GetProperty("failed").GetInt32(), Is.Zero);
    }

    [Test]
    public void AFailureIsToldWithItsMessage()
    {
        JsonElement report = Report(nameof(FailsOnDemand), [("GENKERNELS_TEST_FAILURE", "a planted failure")]);
        JsonElement failure = report.GetProperty("failures").EnumerateArray().Single();
        Assert.That(failure.GetProperty("test").GetString(), Does.EndWith(nameof(FailsOnDemand)));
        Assert.That(failure.GetProperty("message").GetString(), Does.Contain("a planted failure"));
    }

    [Test]
    public void WithoutACompilerTheTestsThatNeedItAreSkippedWithTheReason()
    {
        (string, string?)[] variables = [("PATH", "/nowhere"), ("CXX", null), ("GENKERNELS_CXX", null)];
        JsonElement report = Report(nameof(NeedsACompilerOnDemand), [.. variables, ("GENKERNELS_TEST_DEVICE", null)]);
        JsonElement reason = report.GetProperty("skippedBecause").GetProperty("no C++ compiler found");
        Assert.That(reason.GetInt32(), Is.EqualTo(1));
        Assert.That(report.GetProperty("failed").GetInt32(), Is.Zero);
    }

    [Test]
    public void TheDeviceThatWasChosenIsNotExcused()
    {
        (string, string?)[] variables = [("PATH", "/nowhere"), ("CXX", null), ("GENKERNELS_CXX", null)];
        JsonElement report = Report(nameof(NeedsACompilerOnDemand), [.. variables, ("GENKERNELS_TEST_DEVICE", "host")]);
        JsonElement failure = report.GetProperty("failures").EnumerateArray().Single();
        Assert.That(failure.GetProperty("message").GetString(), Does.Contain("no C++ compiler found"));
    }

    [Test]
    public void Counted() => Assert.Pass();

    [Test]
    public void FailsOnDemand() =>
        Assert.That(Environment.GetEnvironmentVariable("GENKERNELS_TEST_FAILURE"), Is.Null.Or.Empty);

    [Test]
    public void NeedsACompilerOnDemand()
    {
        using TemporaryFolder folder = new();
        using HostDevice device = new(new KernelCache(folder.Path));
        using TensorScope scope = device.Scope();
        Tensor x = Tensor.From<float>([3, 4], [1, 2], device);
        Tensor y = GenKernels.Kernels.Normalization.PixelNorm.Forward(x, epsilon: 1e-8f);
        Assert.That(y.ToArray<float>(), Has.Length.EqualTo(2));
    }

    private static JsonElement Report(string test, (string Name, string? Value)[] variables)
    {
        using TemporaryFolder folder = new();
        string file = folder.File("report.json"), name = $"{typeof(JsonReportTests).FullName}.{test}";
        ProcessStartInfo start = OwnProgram.Start(
            "GenKernels.Tests", "--filter", $"FullyQualifiedName={name}", "--report-json", file,
            "--results-directory", folder.Path);
        start.RedirectStandardOutput = true;
        foreach ((string variable, string? value) in variables) start.Environment[variable] = value;
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(file, Does.Exist, output);
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(file));
        return report.RootElement.Clone();
    }
}
