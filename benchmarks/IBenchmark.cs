namespace GenKernels.Benchmarks;

/// <summary>One piece of work that can be timed: by itself, or in turns with a peer. Disposing it frees what was
/// prepared.</summary>
internal interface IBenchmark : IDisposable
{
    /// <summary>Makes what the work needs.</summary>
    public void Prepare();

    /// <summary>Does the work once; the device may still be at it when this returns.</summary>
    public void Launch();
}
