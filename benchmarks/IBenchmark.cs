namespace GenKernels.Benchmarks;

/// <summary>One piece of work that can be timed, alone or in turns with a peer. Disposing it frees what was
/// prepared.</summary>
internal interface IBenchmark : IDisposable
{
    /// <summary>Allocates what the work needs.</summary>
    public void Prepare();

    /// <summary>Does the work once; the device may still be busy when this returns.</summary>
    public void Launch();

    /// <summary>Number of calls until the same inputs are used again.</summary>
    public int Sets => 1;

    /// <summary>Does the work once, into newly allocated memory if it has a result.</summary>
    /// <returns>The result, or null; the caller disposes it.</returns>
    public IDisposable? LaunchApart()
    {
        Launch();
        return null;
    }
}
