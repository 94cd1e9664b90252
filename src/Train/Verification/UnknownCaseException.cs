namespace GenKernels.Train.Verification;

/// <summary>A case is of a known kind but asks for something that is not implemented for that kind.</summary>
internal sealed class UnknownCaseException : Exception
{
    internal UnknownCaseException(string message)
        : base(message)
    {
    }
}
