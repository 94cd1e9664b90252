namespace GenKernels.Runtime;

/// <summary>A device has no room for a request, even with its cache given back.</summary>
public sealed class OutOfDeviceMemoryException : InvalidOperationException
{
    public OutOfDeviceMemoryException(string message)
        : base(message)
    {
    }
}
