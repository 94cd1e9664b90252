namespace GenKernels.Runtime;

/// <summary>A step does what cannot be recorded, or a recorded step is used as it cannot be.</summary>
public sealed class RecordingException : InvalidOperationException
{
    public RecordingException(string message)
        : base(message)
    {
    }
}
