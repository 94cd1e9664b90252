using System.Diagnostics;
using System.Runtime.Versioning;
using GenKernels.Tests.Structure;

namespace GenKernels.Tests;

/// <summary>The script <c>gk</c> on a machine that has nothing but an SDK, with fake programs.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class GkTests
{
    private static readonly string[] s_programs =
    [
        "bash", "cat", "dirname", "env", "find", "flock", "mkdir", "mktemp", "readlink", "rm", "sed", "sha256sum",
        "sort", "stat", "tail", "tee", "touch",
    ];

    private TemporaryFolder _checkout = null!;

    private string Installed => _checkout.File("installed");

    [SetUp]
    public void MakeAMachine()
    {
        _checkout = new TemporaryFolder();
        File.Copy(Repository.FullPath("gk"), _checkout.File("gk"));
        foreach (string name in new[] { "Directory.Build.props", ".editorconfig", "global.json" })
        {
            File.WriteAllText(_checkout.File(name), "");
        }

        foreach (string folder in new[] { "src/Cli", "tests", "bin/sdk/10.0.100" })
        {
            Directory.CreateDirectory(_checkout.File(folder));
        }

        foreach (string name in s_programs) File.CreateSymbolicLink(_checkout.File($"bin/{name}"), $"/usr/bin/{name}");
        Pretend("id", "echo 0");
        Pretend("apt-get", $"echo \"$@\" >> '{Installed}'");
        Pretend("dotnet", """
            [[ $1 == build ]] || { echo "ran ${*:2}"; exit; }
            case $2 in tests) name=GenKernels.Tests ;; *) name=GenKernels.Cli ;; esac
            mkdir -p "$2/bin/Release/net10.0" && touch "$2/bin/Release/net10.0/$name.dll"
            """);
    }

    [TearDown]
    public void Remove() => _checkout.Dispose();

    [TestCase]
    [TestCase("--help")]
    [TestCase("--version")]
    [TestCase("doctor", "--json")]
    [TestCase("nonsense")]
    [TestCase("train", "long-video-lowres", "--help")]
    [TestCase("tune", "list", "-h")]
    [TestCase("dataset", "-?")]
    public void WhatOnlyTellsSomethingInstallsNothing(params string[] arguments)
    {
        (int status, string output, string error) = Run(arguments);
        Assert.That(status, Is.Zero, error);
        Assert.That(output.Split('\n')[0].TrimEnd(), Is.EqualTo($"ran {string.Join(' ', arguments)}".TrimEnd()));
        Assert.That(Installed, Does.Not.Exist);
        Assert.That(error, Does.Not.Contain("missing"));
    }

    [TestCase("--help")]
    [TestCase("test", "--help")]
    [TestCase("bench", "--peers", "-h")]
    [TestCase("bundle", "-?")]
    public void TheHelpListsTheCommandsOfTheScriptToo(params string[] arguments)
    {
        (int status, string output, _) = Run(arguments);
        Assert.That(status, Is.Zero);
        Assert.That(output, Does.Contain("Commands of a checkout:").And.Contain("\n  bundle  Pack everything"));
        Assert.That(Installed, Does.Not.Exist);
    }

    [TestCase("demo")]
    [TestCase("train", "long-video-lowres")]
    [TestCase("test", "--filter", "One")]
    public void WhatComputesInstallsWhatIsMissing(params string[] arguments)
    {
        (int status, _, string error) = Run(arguments);
        Assert.That(status, Is.Zero, error);
        Assert.That(
            File.ReadAllText(Installed), Does.Contain("--no-install-recommends g++").And.Contain("recommends ffmpeg"));
        Assert.That(error, Does.Contain("gk: missing: ffmpeg, for reading and writing videos: install ffmpeg"));
    }

    [Test]
    public void WithoutAnSdkTheHelpSaysWhatToInstall()
    {
        Directory.Delete(_checkout.File("bin/sdk"), recursive: true);
        (int status, _, string error) = Run("--help");
        Assert.That(status, Is.EqualTo(1));
        Assert.That(error, Does.StartWith("gk: missing: .NET SDK 10: install dotnet-sdk-10.0"));
        Assert.That(error.TrimEnd().Split('\n'), Has.Length.EqualTo(1));
        Assert.That(Installed, Does.Not.Exist);
    }

    private void Pretend(string name, string script)
    {
        string path = _checkout.File($"bin/{name}");
        File.WriteAllText(path, $"#!/usr/bin/env bash\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private (int Status, string Output, string Error) Run(params string[] arguments)
    {
        ProcessStartInfo start = new("env", ["-i", $"PATH={_checkout.File("bin")}", "HOME=/nowhere", "bash"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in (string[])[_checkout.File("gk"), .. arguments]) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
