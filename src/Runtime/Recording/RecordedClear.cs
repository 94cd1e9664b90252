namespace GenKernels.Runtime;

/// <summary>A clear to zero in a recorded step.</summary>
internal sealed class RecordedClear(TracedPlace destination, long bytes) : RecordedWork("clear")
{
    private readonly TracedPlace[] _places = [destination];

    internal override ReadOnlySpan<TracedPlace> Places => _places;

    internal override void Run(Device device) => device.Clear(_places[0].Address, bytes);
}
