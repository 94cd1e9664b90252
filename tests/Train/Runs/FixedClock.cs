namespace GenKernels.Tests.Train.Runs;

/// <summary>A clock that always shows 1,700,000,000.25 seconds since 1970.</summary>
internal sealed class FixedClock : TimeProvider
{
    public const double Seconds = 1_700_000_000.25;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds((long)(Seconds * 1000));
}
