namespace GenKernels.Benchmarks.Comparison;

/// <summary>The peer did not do what it was asked for.</summary>
internal sealed class PeerException(string message) : Exception(message);
