namespace GenKernels.Runtime;

/// <summary>A step does something that cannot be recorded, or a recorded step or its arena is misused.</summary>
public sealed class RecordingException : InvalidOperationException
{
    public RecordingException(string message)
        : base(message)
    {
    }
}
