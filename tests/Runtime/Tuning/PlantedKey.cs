namespace GenKernels.Tests.Runtime.Tuning;

/// <summary>Identifies the work.</summary>
internal readonly record struct PlantedKey(int Size)
{
    public override string ToString() => $"size {Size}";
}
