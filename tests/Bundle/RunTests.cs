using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.Json;
using System.Text.RegularExpressions;
using GenKernels.Tests.Structure;

namespace GenKernels.Tests.Bundle;

/// <summary>The bundle's <c>run</c>, with fake programs.</summary>
[UnsupportedOSPlatform("windows")]
public sealed partial class RunTests
{
    private const string Passes = "echo '{ \"passed\": 3, \"failed\": 0, \"unknown\": 1, \"devices\": "
        + "[ { \"name\": \"simt\", \"passed\": true }, { \"name\": \"host\", \"passed\": false } ] }'";

    private TemporaryFolder _checkout = null!;
    private string? _path;
    private string? _temporary;

    private string Results => _checkout.File("results");

    [SetUp]
    public void Unpack()
    {
        (_checkout, _path, _temporary) = (new TemporaryFolder(), null, null);
        File.WriteAllText(_checkout.File("GenKernels.sln"), "");
        Directory.CreateDirectory(_checkout.File("artifacts/bundle/bin"));
        File.Copy(Repository.FullPath("bundle/run"), _checkout.File("artifacts/bundle/run"));
        File.WriteAllText(_checkout.File("artifacts/bundle/commit"), "abc\n");
        Pretend("GenKernels.Cli", Passes);
        Pretend("GenKernels.Tests", "exit 0");
        Pretend("GenKernels.Benchmarks", "exit 0");
    }

    [TearDown]
    public void Remove() => _checkout.Dispose();

    [Test]
    public void EveryPartLeavesItsResultAndATableComesLast()
    {
        (int status, string output) = Run("--device", "simt", "--only", "doctor,verify");
        Assert.That(status, Is.Zero, output);
        Assert.That(File.Exists(Path.Combine(Results, "doctor.json")));
        Assert.That(Part("doctor").GetProperty("status").GetString(), Is.EqualTo("passed"));
        Assert.That(
            Part("verify").GetProperty("counts").GetString(), Is.EqualTo("3 passed, 0 failed, 1 unknown"));
        string[] table = output.TrimEnd().Split('\n')[^3..];
        Assert.That(table[0], Does.Match("^part +status +seconds +counts$"));
        Assert.That(table[2], Does.Match("^verify +passed +[0-9]+  3 passed, 0 failed, 1 unknown$"));
    }

    [Test]
    public void WhatWasMeasuredOfTheMachineIsAmongTheResults()
    {
        Pretend("GenKernels.Cli", """
            mkdir -p "$GENKERNELS_CACHE" && echo '{ "device": "X" }' > "$GENKERNELS_CACHE/tuning-0123.json"
            echo '{ "choices": [ { "algorithm": "a" }, { "algorithm": "b" } ] }'
            """);
        (int status, string output) = Run("--device", "host", "--only", "tune");
        Assert.That(status, Is.Zero, output);
        Assert.That(Part("tune").GetProperty("counts").GetString(), Is.EqualTo("2 chosen"));
        Assert.That(File.ReadAllText(Path.Combine(Results, "tuning/tuning-0123.json")), Does.Contain("\"X\""));
        Run("--device", "simt", "--only", "tune");
        Assert.That(Part("tune").GetProperty("status").GetString(), Is.EqualTo("skipped"));
    }

    [TestCase("3", "--filter FullyQualifiedName~MatMul", ExpectedResult = "--side-by-side 3")]
    [TestCase("1", "--filter FullyQualifiedName~MatMul", ExpectedResult = "")]
    public string TestsRunInAsManyProcessesAsAreAskedFor(string processes, string filter)
    {
        Pretend("GenKernels.Tests", """
            while (($#)); do [[ $1 != --report-json ]] || report="$2"; echo -n "$1 "; shift; done
            echo '{ "passed": 5, "failed": 0, "skipped": 2, "failures": [] }' > "$report"
            """);
        (int status, string output) =
            Run("--device", "simt", "--only", "tests", "--processes", processes, "--filter-tests", "MatMul");
        Assert.That(status, Is.Zero, output);
        Assert.That(Part("tests").GetProperty("counts").GetString(), Is.EqualTo("5 passed, 0 failed, 2 skipped"));
        string asked = File.ReadAllText(Path.Combine(Results, "log.txt"));
        Assert.That(asked, Does.Contain(filter));
        return SideBySide().Match(asked).Value;
    }

    [Test]
    public void TestsTakeTheCoresButTwo()
    {
        Pretend("GenKernels.Tests", "echo \"$@\"");
        File.WriteAllText(_checkout.File("nproc"), "#!/usr/bin/env bash\necho 16\n");
        File.SetUnixFileMode(_checkout.File("nproc"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        _path = $"{_checkout.Path}:{Environment.GetEnvironmentVariable("PATH")}";
        Run("--device", "simt", "--only", "tests");
        Assert.That(File.ReadAllText(Path.Combine(Results, "log.txt")), Does.Contain("--side-by-side 14"));
    }

    [Test]
    public void AFailureDoesNotStopTheOthersAndIsTheExitStatus()
    {
        Pretend("GenKernels.Tests", "exit 2");
        (int status, string output) = Run("--device", "simt", "--only", "tests,verify");
        Assert.That(status, Is.EqualTo(1), output);
        Assert.That(Part("tests").GetProperty("status").GetString(), Is.EqualTo("failed"));
        Assert.That(Part("tests").GetProperty("reason").GetString(), Is.EqualTo("exit status 2: see log.txt"));
        Assert.That(Part("verify").GetProperty("status").GetString(), Is.EqualTo("passed"));
    }

    [Test]
    public void APartThatTakesTooLongIsStopped()
    {
        Pretend("GenKernels.Benchmarks", "exec sleep 100");
        (int status, _) = Run("--device", "simt", "--only", "benchmarks", "--minutes-benchmarks", "0.005");
        Assert.That(status, Is.EqualTo(1));
        Assert.That(Part("benchmarks").GetProperty("status").GetString(), Is.EqualTo("stopped"));
        Assert.That(Part("benchmarks").GetProperty("reason").GetString(), Is.EqualTo("timed out after 0.005 minutes"));
    }

    [Test]
    public void ADeviceThatDoesNotWorkFailsTheDoctor()
    {
        (int status, _) = Run("--device", "host", "--only", "doctor");
        Assert.That(status, Is.EqualTo(1));
        Assert.That(Part("doctor").GetProperty("reason").GetString(), Does.StartWith("host does not work"));
    }

    [Test]
    public void PeersThatAreStoppedLeaveWhatTheyMeasured()
    {
        // Somebody else's folder stays; and 124 is the status of a program that `timeout` stopped.
        _temporary = _checkout.File("temporary");
        Directory.CreateDirectory(Path.Combine(_temporary, "peers"));
        File.WriteAllText(Path.Combine(_temporary, "peers/mine.json"), "");
        Pretend("GenKernels.Benchmarks", """
            mkdir -p "$5" && echo '{ "timesAsFast": 2 } { "timesAsFast": 3 }' > "$5/host-peers.json" && exit 124
            """);
        (int status, _) = Run("--device", "host", "--only", "peers");
        if (Part("peers").GetProperty("status").GetString() == "skipped") Assert.Ignore("there is no PyTorch");
        Assert.That(status, Is.EqualTo(1));
        Assert.That(Part("peers").GetProperty("status").GetString(), Is.EqualTo("stopped"));
        Assert.That(Part("peers").GetProperty("counts").GetString(), Is.EqualTo("2 compared"));
        Assert.That(File.Exists(Path.Combine(_temporary, "peers/mine.json")));
        Assert.That(Directory.EnumerateFileSystemEntries(_temporary).Count(), Is.EqualTo(1), "it leaves nothing there");
    }

    [TestCase("run: unknown option --all; see --help", "--all")]
    [TestCase("run: unknown part 'everything'; expected one of doctor tests verify tune benchmarks peers",
        "--only", "everything")]
    [TestCase("run: unknown device 'gpu'; expected cuda:N, host or simt", "--device", "gpu")]
    [TestCase("run: --out needs a value", "--out")]
    [TestCase("run: --processes must be a positive integer, got 'all'", "--processes", "all")]
    public void WhatItDoesNotKnowItRefuses(string message, params string[] arguments)
    {
        (int status, string output) = Run(arguments);
        Assert.That(status, Is.EqualTo(2));
        Assert.That(output.Trim(), Is.EqualTo(message));
    }

    [Test]
    public void OutsideACheckoutItSaysWhereItBelongs()
    {
        File.Delete(_checkout.File("GenKernels.sln"));
        (int status, string output) = Run("--only", "doctor");
        Assert.That(status, Is.EqualTo(2));
        Assert.That(output, Does.Contain("is not a checkout: unpack the bundle in the root of one"));
    }

    [GeneratedRegex("--side-by-side [0-9]+")]
    private static partial Regex SideBySide();

    private void Pretend(string program, string command)
    {
        string path = _checkout.File($"artifacts/bundle/bin/{program}");
        File.WriteAllText(path, $"#!/usr/bin/env bash\n{command}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private JsonElement Part(string name)
    {
        using JsonDocument summary = JsonDocument.Parse(File.ReadAllText(Path.Combine(Results, "summary.json")));
        return summary.RootElement.GetProperty("parts").EnumerateArray()
            .Single(part => part.GetProperty("part").GetString() == name).Clone();
    }

    private (int Status, string Output) Run(params string[] arguments)
    {
        string script = _checkout.File("artifacts/bundle/run");
        string[] results = arguments.Contains("--out") ? [] : ["--out", Results];
        ProcessStartInfo start = new("bash", [script, .. results, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["GENKERNELS_CACHE"] = _checkout.File("cache");
        if (_path is not null) start.Environment["PATH"] = _path;
        if (_temporary is not null) start.Environment["TMPDIR"] = _temporary;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
