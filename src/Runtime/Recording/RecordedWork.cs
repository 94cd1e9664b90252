namespace GenKernels.Runtime;

/// <summary>One piece of work of a recorded step.</summary>
/// <param name="name">The name of the kernel, or what is done.</param>
internal abstract class RecordedWork(string name)
{
    internal string Name => name;

    /// <summary>The places that it reads or writes.</summary>
    internal abstract ReadOnlySpan<TracedPlace> Places { get; }

    /// <summary>Updates the arguments to the buffers' current addresses.</summary>
    internal virtual void Bind()
    {
    }

    /// <summary>Enqueues the work; allocates nothing.</summary>
    internal abstract void Run(Device device);
}
