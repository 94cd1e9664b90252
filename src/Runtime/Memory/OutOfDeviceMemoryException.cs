namespace GenKernels.Runtime;

/// <summary>A device cannot satisfy a request for memory, even after its pool freed all cached blocks.</summary>
public sealed class OutOfDeviceMemoryException : InvalidOperationException
{
    public OutOfDeviceMemoryException(string message)
        : base(message)
    {
    }
}
