using System.Diagnostics;

namespace GenKernels.Tests.Runtime.Tuning;

/// <summary>Work whose algorithms take given times; the first is the rule's choice.</summary>
internal sealed class PlantedWork(params (string Name, double Milliseconds)[] algorithms)
    : ITunedWork<PlantedKey, PlantedAlgorithm>
{
    private static readonly KernelSource s_source = Probe("Function");

    /// <summary>How often operands were created, which is the number of measurements.</summary>
    internal int Prepared { get; private set; }

    /// <summary>Number of algorithms that the lookup has found.</summary>
    internal int Found { get; private set; }

    /// <summary>Shape of a measurement's operand.</summary>
    internal Shape OperandShape { get; init; } = [1000];

    /// <summary>Called within each trial of an algorithm, with the operand.</summary>
    internal Action<Tensor>? Also { get; init; }

    /// <summary>Kernels to compile before a measurement.</summary>
    internal (KernelSource Source, ElementType Type, string Variant)[] Needs { get; init; } = [];

    public string Name => "Planted";

    public IReadOnlyList<KernelSource> Sources { get; init; } = [s_source];

    internal static KernelSource Probe(string name) =>
        new($"Probes/{name}.cu", typeof(PlantedWork).Assembly, [ElementType.Float32]);

    public PlantedAlgorithm Rule(Device device, in PlantedKey key) =>
        new(algorithms[0].Name, algorithms[0].Milliseconds);

    public IEnumerable<PlantedAlgorithm> Algorithms(Device device, in PlantedKey key) =>
        algorithms.Select(algorithm =>
        {
            Found++;
            return new PlantedAlgorithm(algorithm.Name, algorithm.Milliseconds);
        });

    public IEnumerable<(KernelSource Source, ElementType Type, string Variant)> Modules(
        PlantedKey key, IReadOnlyList<PlantedAlgorithm> algorithms) => Needs;

    public Action<PlantedAlgorithm> Prepare(Device device, PlantedKey key)
    {
        Prepared++;
        Tensor operand = Tensor.Zeros(OperandShape, ElementType.Float32, device);
        return algorithm =>
        {
            (string name, double milliseconds) = algorithm;
            if (double.IsNaN(milliseconds)) throw new LaunchException($"{name} cannot be launched\nat all");
            Also?.Invoke(operand);
            long begun = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(begun).TotalMilliseconds < milliseconds) Thread.SpinWait(10);
        };
    }
}
