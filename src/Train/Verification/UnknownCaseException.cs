namespace GenKernels.Train.Verification;

/// <summary>A case is of a known kind but asks for something that this kind does not have here.</summary>
internal sealed class UnknownCaseException : Exception
{
    internal UnknownCaseException(string message)
        : base(message)
    {
    }
}
