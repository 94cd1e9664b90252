using System.Runtime.CompilerServices;
using System.Text;

namespace GenKernels.Runtime;

/// <summary>
/// The message of a failed <see cref="Require.That"/>; nothing is formatted where the requirement holds.
/// </summary>
[InterpolatedStringHandler]
public readonly ref struct RequireMessage
{
    private readonly StringBuilder? _text;

    /// <summary>
    /// Called by the compiler for an interpolated string, whose parts are evaluated only where
    /// <paramref name="isNeeded"/>.
    /// </summary>
    public RequireMessage(int literalLength, int formattedCount, bool condition, out bool isNeeded)
    {
        isNeeded = !condition;
        _text = condition ? null : new StringBuilder(literalLength + (16 * formattedCount));
    }

    /// <summary>Called by the compiler for literal text.</summary>
    public void AppendLiteral(string text) => _text!.Append(text);

    /// <summary>Called by the compiler for an interpolated value.</summary>
    public void AppendFormatted<T>(T value) => _text!.Append(value);

    /// <inheritdoc/>
    public override string ToString() => _text?.ToString() ?? "";
}
