namespace GenKernels.Tests.Runtime;

public sealed class AtomicFileTests
{
    [Test]
    public void AFileIsMadeAndThenReplacedWhole()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("value.txt");

        AtomicFile.WriteText(path, "first, and longer");
        AtomicFile.WriteBytes(path, "second"u8.ToArray());

        Assert.That(File.ReadAllText(path), Is.EqualTo("second"));
        Assert.That(folder.FileNames(), Is.EqualTo((string[])["value.txt"]));
    }

    [Test]
    public void TextIsUtf8WithoutAByteOrderMark()
    {
        using TemporaryFolder folder = new();
        AtomicFile.WriteText(folder.File("text"), "é");
        Assert.That(File.ReadAllBytes(folder.File("text")), Is.EqualTo((byte[])[0xC3, 0xA9]));
    }

    [Test]
    public void AnExceptionLeavesTheOldFileAndNoTemporary()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("value.txt");
        AtomicFile.WriteText(path, "old");

        Assert.That(
            () => AtomicFile.Write(path, stream =>
            {
                stream.Write("new"u8);
                throw new InvalidOperationException("half way");
            }),
            Throws.InvalidOperationException.With.Message.EqualTo("half way"));

        Assert.That(File.ReadAllText(path), Is.EqualTo("old"));
        Assert.That(folder.FileNames(), Is.EqualTo((string[])["value.txt"]));
    }

    [Test]
    public void WhatAKilledWriterLeftIsDeletedByTheNextOfTheSameFile()
    {
        using TemporaryFolder folder = new();
        string[] others = ["other.txt.abcdefgh.ijk.tmp", "value.txt.old.tmp"];
        foreach (string name in others.Append("value.txt.abcdefgh.ijk.tmp")) WriteLongAgo(folder.File(name));

        AtomicFile.WriteText(folder.File("value.txt"), "new");

        Assert.That(folder.FileNames(), Is.EqualTo(others.Append("value.txt").Order(StringComparer.Ordinal)));
    }

    [Test]
    public void AFileThatTwoWriteAtOnceIsThatOfTheLast()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("value.txt");

        AtomicFile.Write(path, stream =>
        {
            stream.Write("outer"u8);
            stream.Flush();
            File.SetLastWriteTimeUtc(folder.File(folder.FileNames().Single()), DateTime.UtcNow.AddDays(-1));
            AtomicFile.WriteText(path, "inner");
            Assert.That(File.ReadAllText(path), Is.EqualTo("inner"));
        });

        Assert.That(File.ReadAllText(path), Is.EqualTo("outer"));
        Assert.That(folder.FileNames(), Is.EqualTo((string[])["value.txt"]));
    }

    [Test]
    public void AFullDiskIsReportedInOneLineThatNamesThePath()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("value.txt");

        Assert.That(
            () => AtomicFile.Write(path, _ => throw new IOException("No space left on device\nat all")),
            Throws.TypeOf<IOException>().With.Message.EqualTo($"cannot write {path}: No space left on device at all"));
        Assert.That(folder.FileNames(), Is.Empty);
    }

    [Test]
    public void ADeviceKeepsItsPlace()
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("devices lie elsewhere");
        using TemporaryFolder folder = new();
        string link = folder.File("value.txt");
        File.CreateSymbolicLink(link, "/dev/null");

        Assert.That(
            () => AtomicFile.WriteText(link, "text"),
            Throws.TypeOf<IOException>().With.Message.EqualTo(
                $"cannot write {link}: it is a device; expected a file"));
        Assert.That(new FileInfo(link).LinkTarget, Is.EqualTo("/dev/null"));
        Assert.That(AtomicFile.IsDevice("/dev/null"), Is.True);
        Assert.That(AtomicFile.IsDevice("/dev/nowhere"), Is.False);
    }

    [Test]
    public void RefusesAMissingFolder()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("missing/value.txt");
        Assert.That(
            () => AtomicFile.WriteText(path, "x"),
            Throws.TypeOf<IOException>().With.Message.EqualTo(
                $"cannot write {path}: the folder {folder.File("missing")} does not exist"));
    }

    [Test]
    public void RefusesAFolderInPlaceOfAFile()
    {
        using TemporaryFolder folder = new();
        Assert.That(
            () => AtomicFile.WriteText(folder.Path, "x"),
            Throws.TypeOf<IOException>().With.Message.EqualTo(
                $"cannot write {folder.Path}: it is a folder; expected a file"));
    }

    private static void WriteLongAgo(string path)
    {
        File.WriteAllText(path, "half");
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(-1));
    }

    [Test]
    public void AFolderThatTakesNoFilesIsReportedWithThePath() =>
        Assert.That(
            () => AtomicFile.WriteText("/proc/genkernels-value", "x"),
            Throws.TypeOf<IOException>().With.Message.StartsWith("cannot write /proc/genkernels-value: "));
}
