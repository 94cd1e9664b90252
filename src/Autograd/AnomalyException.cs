namespace GenKernels.Autograd;

/// <summary>An operation made a NaN; the message names it.</summary>
public sealed class AnomalyException : InvalidOperationException
{
    public AnomalyException(string message)
        : base(message)
    {
    }
}
