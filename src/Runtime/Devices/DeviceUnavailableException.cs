namespace GenKernels.Runtime;

/// <summary>
/// A device was asked for that this machine does not have, or its settings cannot be read; the message says what is
/// missing.
/// </summary>
public sealed class DeviceUnavailableException : InvalidOperationException
{
    public DeviceUnavailableException(string message)
        : base(message)
    {
    }
}
