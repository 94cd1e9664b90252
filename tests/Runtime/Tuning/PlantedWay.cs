namespace GenKernels.Tests.Runtime.Tuning;

/// <summary>A way to do nothing.</summary>
/// <param name="Name">In a table.</param>
/// <param name="Milliseconds">That it takes; NaN for one that throws.</param>
internal readonly record struct PlantedWay(string Name, double Milliseconds)
{
    public override string ToString() => Name;
}
