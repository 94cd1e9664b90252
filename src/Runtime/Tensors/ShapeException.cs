namespace GenKernels.Runtime;

/// <summary>A shape, rank or size does not fit; the message says what was required, what was given and where.</summary>
public sealed class ShapeException : ArgumentException
{
    public ShapeException(string message)
        : base(message)
    {
    }
}
