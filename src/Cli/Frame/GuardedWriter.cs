using System.Text;

namespace GenKernels.Cli;

/// <summary>A standard stream that may take no more: its disk is full, or it was closed.</summary>
/// <param name="inner">The stream.</param>
/// <param name="refused">Told what the system says; what it throws ends the command.</param>
internal sealed class GuardedWriter(TextWriter inner, Action<Exception> refused) : TextWriter
{
    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <returns>Of results: without them the command has failed.</returns>
    internal static GuardedWriter ForResults(TextWriter inner) => new(
        inner, fault => throw new CommandException($"cannot write to standard output: {fault.Message}"));

    /// <returns>Of progress and complaints: work of hours does not end because nobody can see how far it is.</returns>
    internal static GuardedWriter ForProgress(TextWriter inner) => new(inner, _ => { });

    /// <inheritdoc/>
    public override void Write(char value) => Try(() => inner.Write(value));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Try(() => inner.Write(buffer, index, count));

    /// <inheritdoc/>
    public override void Write(string? value) => Try(() => inner.Write(value));

    /// <inheritdoc/>
    public override void Flush() => Try(inner.Flush);

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            refused(fault);
        }
    }
}
