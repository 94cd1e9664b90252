using System.Diagnostics;
using GenKernels.Train.Runs;

namespace GenKernels.Tests.Train.Runs;

public sealed class RunFolderTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void RunsAreNumberedAfterTheLast()
    {
        string parent = _folder.File("runs");
        using RunFolder first = RunFolder.Create(parent, "tiny");
        Directory.CreateDirectory(Path.Combine(parent, "00041-other"));
        Directory.CreateDirectory(Path.Combine(parent, "99999x"));
        Directory.CreateDirectory(Path.Combine(parent, "notes"));
        using RunFolder second = RunFolder.Create(parent, "small_v1.0");

        Assert.That(first.Path, Is.EqualTo(Path.Combine(parent, "00000-tiny")));
        Assert.That(second.Path, Is.EqualTo(Path.Combine(parent, "00042-small_v1.0")));
        Assert.That(second.File("log"), Is.EqualTo(Path.Combine(second.Path, "log")));
        Assert.That(second.Path, Does.Exist);
    }

    [TestCase("")]
    [TestCase("../up")]
    [TestCase("two words")]
    public void RefusesADescriptionThatIsNoPlainName(string description) =>
        Assert.That(
            () => RunFolder.Create(_folder.Path, description),
            Throws.ArgumentException.With.Message.EndsWith($"got '{description}'"));

    [Test]
    public void AFolderInUseIsRefusedWithItsHolder()
    {
        string path = _folder.File("run");
        using RunFolder run = RunFolder.Open(path);
        Assert.That(
            () => RunFolder.Open(path),
            Throws.TypeOf<IOException>().With.Message.EqualTo(
                $"the folder {path} is in use by another run, process {Environment.ProcessId}; "
                + "wait for it, or choose another folder"));
    }

    [Test]
    public void AReleasedFolderCanBeTakenAgain()
    {
        string path = _folder.File("run");
        RunFolder first = RunFolder.Open(path);
        first.Dispose();
        first.Dispose();
        Assert.That(Path.Combine(path, RunFolder.ProcessName), Does.Not.Exist);
        using RunFolder second = RunFolder.Open(path);
        Assert.That(second.Path, Is.EqualTo(path));
    }

    [Test]
    public void WhatADeadProcessLeftIsTakenOver()
    {
        string path = _folder.File("run");
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, RunFolder.LockName), "");
        File.WriteAllText(Path.Combine(path, RunFolder.ProcessName), "2147483647 and a longer rest");
        using RunFolder run = RunFolder.Open(path);
        Assert.That(File.ReadAllText(run.File(RunFolder.ProcessName)), Is.EqualTo($"{Environment.ProcessId}"));
    }

    [Test]
    public void AKilledProcessLosesItsLock()
    {
        string path = _folder.File("run");
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, RunFolder.ProcessName), "4711");
        string file = Path.Combine(path, RunFolder.LockName);
        string[] holdTheLock = ["--no-fork", file, "sh", "-c", "echo held; exec sleep 900"];
        ProcessStartInfo start = new("flock", holdTheLock) { RedirectStandardOutput = true };
        using Process holder = Process.Start(start)!;
        try
        {
            Assert.That(holder.StandardOutput.ReadLine(), Is.EqualTo("held"));
            Assert.That(
                () => RunFolder.Open(path), Throws.TypeOf<IOException>().With.Message.Contains("process 4711;"));
        }
        finally
        {
            holder.Kill();
            holder.WaitForExit();
        }

        using RunFolder run = RunFolder.Open(path);
        Assert.That(run.Path, Is.EqualTo(path));
    }
}
