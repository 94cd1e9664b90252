namespace GenKernels.Benchmarks.Comparison;

/// <summary>The peer failed to do what it was asked.</summary>
internal sealed class PeerException(string message) : Exception(message);
