namespace GenKernels.Autograd;

/// <summary>An operation produced a NaN; the message names the operation.</summary>
public sealed class AnomalyException : InvalidOperationException
{
    public AnomalyException(string message)
        : base(message)
    {
    }
}
