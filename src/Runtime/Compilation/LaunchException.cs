namespace GenKernels.Runtime;

/// <summary>A launch was refused or failed; the message names kernel, shape and arguments.</summary>
public sealed class LaunchException : InvalidOperationException
{
    public LaunchException(string message)
        : base(message)
    {
    }
}
