namespace GenKernels.Runtime;

/// <summary>What is asked of a device's tuner cannot be had; the message says why.</summary>
public sealed class TuningException(string message) : Exception(message);
