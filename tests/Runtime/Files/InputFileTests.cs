using System.Diagnostics;
using System.IO.Pipes;

namespace GenKernels.Tests.Runtime.Files;

public sealed class InputFileTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void AFileAndALinkToOneAreFine()
    {
        File.WriteAllText(_folder.File("file"), "content");
        Assert.That(InputFile.Fault(_folder.File("file")), Is.Null);
        Assert.That(InputFile.Fault(Link(_folder.File("file"))), Is.Null);
    }

    [Test]
    public void WhatIsNotThereIsNamed()
    {
        Assert.That(InputFile.Fault(_folder.File("file")), Is.EqualTo("no such file"));
        Assert.That(
            InputFile.Fault(Link(_folder.File("file"))),
            Is.EqualTo($"links to {_folder.File("file")}, which is no file"));
    }

    [Test]
    public void AFolderIsNoFile()
    {
        Assert.That(InputFile.Fault(_folder.Path), Is.EqualTo("is a folder; expected a file"));
        Assert.That(InputFile.Fault(Link(_folder.Path)), Is.EqualTo("is a folder; expected a file"));
    }

    [Test]
    public void AnEmptyFileIsNamed()
    {
        File.WriteAllText(_folder.File("file"), "");
        Assert.That(InputFile.Fault(_folder.File("file")), Is.EqualTo("is empty, or not a regular file"));
    }

    [Test]
    public void ANamedPipeIsNotWaitedFor()
    {
        string pipe = _folder.File("pipe");
        using (Process mkfifo = Process.Start("mkfifo", pipe)) mkfifo.WaitForExit();
        Assert.That(InputFile.Fault(pipe), Is.EqualTo("is empty, or not a regular file"));
        Assert.That(InputFile.Fault(Link(pipe)), Is.EqualTo("is empty, or not a regular file"));
    }

    [Test]
    public void AnOpenPipeIsNoFile()
    {
        using AnonymousPipeServerStream pipe = new(PipeDirection.Out);
        string path = $"/proc/self/fd/{pipe.GetClientHandleAsString()}";
        Assert.That(InputFile.Fault(path), Does.Match("^links to .*/pipe:\\[[0-9]+], which is no file$"));
    }

    private string Link(string target)
    {
        string link = _folder.File("link");
        File.CreateSymbolicLink(link, target);
        return link;
    }
}
