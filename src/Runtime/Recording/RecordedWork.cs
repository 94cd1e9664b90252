namespace GenKernels.Runtime;

/// <summary>One thing that a recorded step lets its device do.</summary>
/// <param name="name">Of the kernel, or what is done.</param>
internal abstract class RecordedWork(string name)
{
    internal string Name => name;

    /// <summary>The places that it reads or writes.</summary>
    internal abstract ReadOnlySpan<TracedPlace> Places { get; }

    /// <summary>Takes the addresses that the buffers have now.</summary>
    internal virtual void Bind()
    {
    }

    /// <summary>Gives the work to the device; nothing is allocated.</summary>
    internal abstract void Run(Device device);
}
