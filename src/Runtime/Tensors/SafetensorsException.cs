namespace GenKernels.Runtime;

/// <summary>
/// A file is not valid safetensors, or lacks what was asked of it; the message, one line, names file and fault.
/// </summary>
public sealed class SafetensorsException : FormatException
{
    public SafetensorsException(string message)
        : base(message)
    {
    }

    public SafetensorsException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
