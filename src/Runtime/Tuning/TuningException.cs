namespace GenKernels.Runtime;

/// <summary>A tuning setting is invalid; the message names it.</summary>
public sealed class TuningException(string message) : Exception(message);
