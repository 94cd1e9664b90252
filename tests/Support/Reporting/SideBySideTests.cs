using System.Diagnostics;

namespace GenKernels.Tests.Support.Reporting;

/// <summary>The tests' program as several processes, with a few tests.</summary>
public sealed class SideBySideTests
{
    private const string Counted = $"FullyQualifiedName~{nameof(JsonReportTests)}.{nameof(JsonReportTests.Counted)}";
    private const string OnDemand = $"FullyQualifiedName~{nameof(SideBySideTests)}.{nameof(EndsOnDemand)}";

    private static readonly string[] s_cli = ["GenKernels.Tests.Cli.CTests", "GenKernels.Tests.Cli.DTests"];

    private static readonly string s_failing =
        $"FullyQualifiedName~{nameof(JsonReportTests)}.{nameof(JsonReportTests.FailsOnDemand)}";

    private static readonly string s_device =
        $"FullyQualifiedName~{nameof(GenKernels.Tests.Runtime.Compilation.KernelTests)}";

    [Test]
    public void FixturesOfSeveralProcessesAreCountedTogether()
    {
        Report alone = Run(null, $"{Counted}|{s_device}").Report, together = Run("2", $"{Counted}|{s_device}").Report;
        Assert.That(together.IsComplete);
        Assert.That(together.Passed, Is.EqualTo(alone.Passed).And.GreaterThan(2));
        Assert.That(together.Skipped, Is.EqualTo(alone.Skipped));
        Assert.That(together.SkippedBecause, Is.EqualTo(alone.SkippedBecause));
        Assert.That(together.Failures, Is.Empty);
    }

    [Test]
    public void ExplicitTestsAreNotWaitedFor()
    {
        const string type = """ "type": { "namespace": "N", "typeName": "T" } """;
        string listed = $$"""
            { "tests": [ {{{type}}}, {{{type}}, "traits": [ { "key": "Explicit", "value": "" } ] } ] }
            """;
        Assert.That(TestBatch.Fixtures(listed), Is.EqualTo(new[] { "N.T" }));
    }

    [Test]
    public void AFailureIsThatOfAll()
    {
        (Report report, int status, _) =
            Run("2", $"{Counted}|{s_failing}", ("GENKERNELS_TEST_FAILURE", "a planted failure"));
        Assert.That(status, Is.EqualTo(2));
        Assert.That((report.Passed, report.Failed, report.IsComplete), Is.EqualTo((1, 1, true)));
        Assert.That(report.Failures[0].Message, Does.Contain("a planted failure"));
    }

    [Test]
    public void AProcessThatBreaksOffIsAFailureAndTheOthersGoOn()
    {
        (Report report, int status, string output) =
            Run("2", $"{OnDemand}|{s_device}", ("GENKERNELS_TEST_FAILURE", "end"));
        Assert.That(status, Is.EqualTo(3), output);
        Assert.That(report.IsComplete, Is.False);
        Assert.That(report.Passed, Is.GreaterThan(1));
        Assert.That(report.Failures.Single().Message, Does.Contain("ended with status 77"));
    }

    /// <summary>As the bundle's script stops it: timeout asks every process of the group to terminate.</summary>
    [Test]
    public void ARunThatIsStoppedLeavesAReportThatSaysSo()
    {
        const string StopWhenATestWaits = """
            timeout 900 "$@" &
            while [[ ! -e $GENKERNELS_TEST_WAITS && -e /proc/$! ]]; do sleep 0.1; done
            kill -TERM $!
            wait $!
            """;
        using TemporaryFolder folder = new();
        (Report report, int status, string output) = Run(
            "2", $"{Counted}|{OnDemand}", ("GENKERNELS_TEST_WAITS", folder.File("waits")),
            ["bash", "-c", StopWhenATestWaits, "bash"]);
        Assert.That(status, Is.EqualTo(3), output);
        Assert.That((report.IsComplete, report.Failed), Is.EqualTo((false, 0)));
    }

    [Test]
    public void NothingThatIsChosenIsTold()
    {
        (Report report, int status, _) = Run("2", "FullyQualifiedName~nothing of this name");
        Assert.That(status, Is.EqualTo(8));
        Assert.That(report.Count, Is.Zero);
    }

    [Test]
    public void OnlyWholeNumbersOfProcessesAreTaken()
    {
        (_, int status, string output) = Run("some", Counted, isReported: false);
        Assert.That(status, Is.EqualTo(5));
        Assert.That(output, Does.Contain("--side-by-side needs a whole number from 1 on, got some"));
    }

    [Test]
    public void FixturesWithADeviceAreBatchesOfTheirOwnAndComeLast()
    {
        const string Kernels = "GenKernels.Tests.Kernels";
        TestBatch[] batches = TestBatch.Divide([
            $"{Kernels}.ATests(host)", $"{Kernels}.ATests(simt)", $"{Kernels}.BTests(host)", s_cli[0], s_cli[1],
            $"{Kernels}.BTests(host)", $"{Kernels}.BTests(host)", s_cli[1],
        ]);
        Assert.That(batches, Is.EqualTo(new TestBatch[]
        {
            new("Cli", string.Join('|', s_cli.Select(name => $"FullyQualifiedName~{name}")), 3),
            new("Kernels.BTests", $"FullyQualifiedName~{Kernels}.BTests", 3),
            new("Kernels.ATests", $"FullyQualifiedName~{Kernels}.ATests", 2),
        }));
    }

    [Test]
    public void EndsOnDemand()
    {
        if (Environment.GetEnvironmentVariable("GENKERNELS_TEST_FAILURE") == "end") Environment.Exit(77);
        if (Environment.GetEnvironmentVariable("GENKERNELS_TEST_WAITS") is not { Length: > 0 } file) return;
        File.WriteAllText(file, "");
        Thread.Sleep(TimeSpan.FromMinutes(15));
    }

    private static (Report Report, int Status, string Output) Run(
        string? width, string filter, (string Name, string Value)? variable = null, string[]? before = null,
        bool isReported = true)
    {
        using TemporaryFolder folder = new();
        string file = folder.File("report.json");
        string[] widths = width is null ? [] : ["--side-by-side", width];
        string[] command =
        [
            .. before ?? [], .. OwnProgram.Command("GenKernels.Tests"), .. widths, "--filter", filter,
            "--report-json", file, "--results-directory", folder.Path,
        ];
        ProcessStartInfo start = new(command[0], command[1..]) { RedirectStandardOutput = true };
        start.Environment[TestDevices.Variable] = "host";
        if (variable is { } given) start.Environment[given.Name] = given.Value;
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (isReported) Assert.That(file, Does.Exist, output);
        return (Report.Read(file) ?? Report.Joined([], false, 0), process.ExitCode, output);
    }
}
