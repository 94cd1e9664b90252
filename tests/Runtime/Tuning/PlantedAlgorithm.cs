namespace GenKernels.Tests.Runtime.Tuning;

/// <summary>An algorithm that only takes time.</summary>
/// <param name="Name">Name in tables.</param>
/// <param name="Milliseconds">Time that it takes; NaN for one that throws.</param>
internal readonly record struct PlantedAlgorithm(string Name, double Milliseconds)
{
    public override string ToString() => Name;
}
