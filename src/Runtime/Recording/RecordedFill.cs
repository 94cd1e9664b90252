namespace GenKernels.Runtime;

/// <summary>
/// What a testing device does to a new tensor: just before its first use the memory holds NaN, whatever lay there
/// before.
/// </summary>
internal sealed class RecordedFill(TracedBuffer buffer) : RecordedWork("fill with NaN")
{
    private readonly TracedPlace[] _places = [new TracedPlace(buffer, 0)];

    internal override ReadOnlySpan<TracedPlace> Places => _places;

    internal override void Run(Device device) => device.FillNew(_places[0].Address, buffer.Bytes);
}
