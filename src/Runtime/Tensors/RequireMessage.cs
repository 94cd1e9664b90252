using System.Runtime.CompilerServices;
using System.Text;

namespace GenKernels.Runtime;

/// <summary>The message of a failed requirement; nothing is formatted where the requirement holds.</summary>
[InterpolatedStringHandler]
public readonly ref struct RequireMessage
{
    private readonly StringBuilder? _text;

    /// <summary>Called by the compiler for an interpolated string; it asks for the parts only where they are
    /// needed.</summary>
    public RequireMessage(int literalLength, int formattedCount, bool condition, out bool isNeeded)
    {
        isNeeded = !condition;
        _text = condition ? null : new StringBuilder(literalLength + (16 * formattedCount));
    }

    /// <summary>Called by the compiler for the text between the holes.</summary>
    public void AppendLiteral(string text) => _text!.Append(text);

    /// <summary>Called by the compiler for a hole.</summary>
    public void AppendFormatted<T>(T value) => _text!.Append(value);

    /// <inheritdoc/>
    public override string ToString() => _text?.ToString() ?? "";
}
