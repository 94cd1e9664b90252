namespace GenKernels.Runtime;

/// <summary>A device was asked for that this machine does not have; the message says what is missing.</summary>
public sealed class DeviceUnavailableException : InvalidOperationException
{
    public DeviceUnavailableException(string message)
        : base(message)
    {
    }
}
