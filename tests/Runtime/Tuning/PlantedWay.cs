namespace GenKernels.Tests.Runtime.Tuning;

/// <summary>A way that only takes time.</summary>
/// <param name="Name">Name in tables.</param>
/// <param name="Milliseconds">Time that it takes; NaN for one that throws.</param>
internal readonly record struct PlantedWay(string Name, double Milliseconds)
{
    public override string ToString() => Name;
}
