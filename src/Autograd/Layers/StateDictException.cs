namespace GenKernels.Autograd;

/// <summary>
/// A state dict does not fit; the message lists every name that is missing, unexpected or of the wrong shape or type.
/// </summary>
public sealed class StateDictException : ArgumentException
{
    public StateDictException(string message)
        : base(message)
    {
    }
}
