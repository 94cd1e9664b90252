namespace GenKernels.Autograd;

/// <summary>A gradient disagrees with finite differences.</summary>
public sealed class GradientCheckException : InvalidOperationException
{
    public GradientCheckException(string message)
        : base(message)
    {
    }
}
