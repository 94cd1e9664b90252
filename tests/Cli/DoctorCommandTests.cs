using System.Runtime.Versioning;
using System.Text.Json;
using GenKernels.Cli;

namespace GenKernels.Tests.Cli;

[SupportedOSPlatform("linux")]
public sealed class DoctorCommandTests
{
    [Test]
    public async Task TheDevicesOfTheCpuAreTried()
    {
        CommandLineRun run = await CommandLineRun.Of("doctor", "--json");
        Assert.That(run.Status, Is.EqualTo(ExitCode.Success), run.Error);
        JsonElement[] devices = [.. run.Json.GetProperty("devices").EnumerateArray()];
        foreach (string name in (string[])["host", "simt"])
        {
            JsonElement device = devices.Single(device => device.GetProperty("name").GetString() == name);
            Assert.That(device.GetProperty("passed").GetBoolean(), Is.True, $"{device}");
            Assert.That(device.GetProperty("compileSeconds").GetDouble(), Is.Positive);
        }

        Assert.That(devices.Select(device => device.GetProperty("name").GetString()), Has.Some.StartsWith("cuda"));
        Assert.That(run.Json.GetProperty("compiler").GetProperty("found").GetBoolean(), Is.True);
    }

    [Test]
    public async Task WhatIsMissingSaysWhatToInstall()
    {
        CommandLineRun run = await CommandLineRun.Of("doctor", "--json");
        JsonElement[] findings =
        [
            .. run.Json.GetProperty("libraries").EnumerateArray(), .. run.Json.GetProperty("programs").EnumerateArray(),
        ];
        Assert.That(
            findings.Select(finding => finding.GetProperty("name").GetString()),
            Is.EquivalentTo(new[]
            {
                "cuda", "nvrtc", "cublaslt", "cudnn", "openblas", "nvtx", "ffmpeg", "ffprobe", "libvips",
            }));
        foreach (JsonElement finding in findings)
        {
            bool isFound = finding.GetProperty("found").GetBoolean();
            Assert.That(finding.GetProperty(isFound ? "where" : "advice").GetString(), Is.Not.Empty, $"{finding}");
            if (!isFound) Assert.That(finding.GetProperty("advice").GetString(), Does.Contain("install"));
        }
    }

    /// <remarks>A pipe holds 64 KiB that nobody has read.</remarks>
    [Test]
    public void ACompilerMayTakeArgumentsAndSayMuch()
    {
        using TemporaryFolder folder = new();
        string wrapper = folder.File("wrapper");
        File.WriteAllText(wrapper, "#!/bin/sh\n\"$@\" || exit\nhead -c 200000 /dev/zero | tr '\\0' '\\n'\n");
        File.SetUnixFileMode(wrapper, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        string command = $"{wrapper} {string.Join(' ', HostCompiler.Find())}";
        using CommandProcess process = CommandProcess.Start([$"GENKERNELS_CXX={command}"], "doctor", "--json");
        CommandRun run = process.Result();
        Assert.That(run.Status, Is.EqualTo(ExitCode.Success), run.Error);
        using JsonDocument report = JsonDocument.Parse(run.Output);
        string? where = report.RootElement.GetProperty("compiler").GetProperty("where").GetString();
        Assert.That(where, Does.StartWith($"{command}: "));
    }

    [Test]
    public async Task PeopleReadItAsText()
    {
        CommandLineRun run = await CommandLineRun.Of("doctor");
        Assert.That(run.Output, Does.Contain("kernel cache").And.Contain("Devices").And.Contain("ffmpeg"));
        Assert.That(run.Output, Does.Contain("Ready."));
    }
}
