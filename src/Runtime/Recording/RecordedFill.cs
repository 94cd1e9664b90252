namespace GenKernels.Runtime;

/// <summary>
/// Fills a new tensor with NaN on a testing device just before its first use, whatever its place in the arena held
/// before.
/// </summary>
internal sealed class RecordedFill(TracedBuffer buffer) : RecordedWork("fill with NaN")
{
    private readonly TracedPlace[] _places = [new TracedPlace(buffer, 0)];

    internal override ReadOnlySpan<TracedPlace> Places => _places;

    internal override void Run(Device device) => device.FillNew(_places[0].Address, buffer.Bytes);
}
