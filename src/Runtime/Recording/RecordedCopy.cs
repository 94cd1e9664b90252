namespace GenKernels.Runtime;

/// <summary>A copy within device memory in a recorded step.</summary>
internal sealed class RecordedCopy(TracedPlace source, TracedPlace destination, long bytes) : RecordedWork("copy")
{
    private readonly TracedPlace[] _places = [source, destination];

    internal override ReadOnlySpan<TracedPlace> Places => _places;

    internal override void Run(Device device) => device.Copy(_places[0].Address, _places[1].Address, bytes);
}
