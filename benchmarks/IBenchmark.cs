namespace GenKernels.Benchmarks;

/// <summary>One piece of work that can be timed: by itself, or in turns with a peer. Disposing it frees what was
/// prepared.</summary>
internal interface IBenchmark : IDisposable
{
    /// <summary>Makes what the work needs.</summary>
    public void Prepare();

    /// <summary>Does the work once; the device may still be at it when this returns.</summary>
    public void Launch();

    /// <summary>Calls until the same inputs come again.</summary>
    public int Sets => 1;

    /// <summary>Does the work once, into memory of its own where it leaves a result.</summary>
    /// <returns>The result, or null; the caller disposes it.</returns>
    public IDisposable? LaunchApart()
    {
        Launch();
        return null;
    }
}
