using GenKernels.Cli;

namespace GenKernels.Tests.Cli;

/// <summary>Streams that take nothing more.</summary>
public sealed class GuardedWriterTests
{
    [Test]
    public void ResultsThatCannotBeWrittenAreAFailure()
    {
        using StreamWriter full = Full();
        using GuardedWriter writer = GuardedWriter.ForResults(full);
        Assert.That(
            () => writer.WriteLine("a result"),
            Throws.TypeOf<CommandException>().With.Message.EqualTo("cannot write to standard output: it is full"));
    }

    [Test]
    public void ProgressThatCannotBeShownEndsNothing()
    {
        using StreamWriter full = Full();
        using GuardedWriter writer = GuardedWriter.ForProgress(full);
        Assert.That(
            () =>
            {
                writer.WriteLine("a step");
                writer.Write('.');
                writer.Flush();
            },
            Throws.Nothing);
    }

    [Test]
    public void WhatCanBeWrittenIs()
    {
        using StringWriter text = new();
        using GuardedWriter writer = GuardedWriter.ForResults(text);
        writer.Write("a{0}", 1);
        writer.WriteLine('b');
        Assert.That(text.ToString(), Is.EqualTo($"a1b{Environment.NewLine}"));
    }

    private static StreamWriter Full() => new(new FullStream()) { AutoFlush = true };

    private sealed class FullStream : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("it is full");

        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("it is full");

        public override void Flush()
        {
        }
    }
}
