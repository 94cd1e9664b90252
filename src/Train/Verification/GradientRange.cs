namespace GenKernels.Train.Verification;

/// <summary>The values that each element of a gradient took in several attempts.</summary>
/// <param name="values">Of the first.</param>
/// <param name="recorded">What they are held against.</param>
/// <param name="tolerance">Of the comparison.</param>
internal sealed class GradientRange(double[] values, double[] recorded, CaseTolerance tolerance)
{
    private readonly double[] _low = [.. values];
    private readonly double[] _high = [.. values];

    /// <summary>Whether a recorded element lies further from the range than it may, or is another number of them.</summary>
    public bool IsOff
    {
        get
        {
            if (recorded.Length != _low.Length) return true;
            double allowed = tolerance.Allowed(recorded.Max(Math.Abs));
            double[] nearest = Nearest;
            return Enumerable.Range(0, nearest.Length).Any(i => !(Math.Abs(nearest[i] - recorded[i]) <= allowed));
        }
    }

    /// <summary>Of each element the value in its range that is nearest to the recorded one.</summary>
    public double[] Nearest => recorded.Length != _low.Length
        ? _low
        : [.. recorded.Select((value, i) => double.IsNaN(_low[i] + _high[i]) ? double.NaN : Math.Clamp(value, _low[i], _high[i]))];

    /// <summary>Takes the values of another attempt in.</summary>
    public void Widen(GradientRange other)
    {
        for (int i = 0; i < _low.Length; i++)
        {
            _low[i] = Math.Min(_low[i], other._low[i]);
            _high[i] = Math.Max(_high[i], other._high[i]);
        }
    }
}
