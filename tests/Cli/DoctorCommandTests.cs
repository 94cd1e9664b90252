using System.Text.Json;
using GenKernels.Cli;

namespace GenKernels.Tests.Cli;

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

    [Test]
    public async Task PeopleReadItAsText()
    {
        CommandLineRun run = await CommandLineRun.Of("doctor");
        Assert.That(run.Output, Does.Contain("kernel cache").And.Contain("Devices").And.Contain("ffmpeg"));
        Assert.That(run.Output, Does.Contain("Ready."));
    }
}
