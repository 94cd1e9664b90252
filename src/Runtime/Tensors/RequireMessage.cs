using System.Runtime.CompilerServices;
using System.Text;

namespace GenKernels.Runtime;

/// <summary>The message of a failed requirement; nothing is formatted where the requirement holds.</summary>
[InterpolatedStringHandler]
public readonly ref struct RequireMessage
{
    private readonly StringBuilder? _text;

    public RequireMessage(int literalLength, int formattedCount, bool condition, out bool isNeeded)
    {
        isNeeded = !condition;
        _text = condition ? null : new StringBuilder(literalLength + (16 * formattedCount));
    }

    public void AppendLiteral(string text) => _text!.Append(text);

    public void AppendFormatted<T>(T value) => _text!.Append(value);

    /// <inheritdoc/>
    public override string ToString() => _text?.ToString() ?? "";
}
