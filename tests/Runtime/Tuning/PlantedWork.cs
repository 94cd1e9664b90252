using System.Diagnostics;

namespace GenKernels.Tests.Runtime.Tuning;

/// <summary>Work whose ways take given times; the first is the rule's choice.</summary>
internal sealed class PlantedWork(params (string Name, double Milliseconds)[] ways)
    : ITunedWork<PlantedKey, PlantedWay>
{
    private static readonly KernelSource s_source = Probe("Function");

    /// <summary>How often operands were created, which is the number of measurements.</summary>
    internal int Prepared { get; private set; }

    /// <summary>Number of ways that the lookup has found.</summary>
    internal int Found { get; private set; }

    /// <summary>Shape of a measurement's operand.</summary>
    internal Shape OperandShape { get; init; } = [1000];

    /// <summary>Called within each trial of a way, with the operand.</summary>
    internal Action<Tensor>? Also { get; init; }

    /// <summary>Kernels to compile before a measurement.</summary>
    internal (KernelSource Source, ElementType Type, string Variant)[] Needs { get; init; } = [];

    public string Name => "Planted";

    public IReadOnlyList<KernelSource> Sources { get; init; } = [s_source];

    internal static KernelSource Probe(string name) =>
        new($"Probes/{name}.cu", typeof(PlantedWork).Assembly, [ElementType.Float32]);

    public PlantedWay Rule(Device device, in PlantedKey key) => new(ways[0].Name, ways[0].Milliseconds);

    public IEnumerable<PlantedWay> Ways(Device device, in PlantedKey key) =>
        ways.Select(way =>
        {
            Found++;
            return new PlantedWay(way.Name, way.Milliseconds);
        });

    public IEnumerable<(KernelSource Source, ElementType Type, string Variant)> Modules(
        PlantedKey key, IReadOnlyList<PlantedWay> ways) => Needs;

    public Action<PlantedWay> Prepare(Device device, PlantedKey key)
    {
        Prepared++;
        Tensor operand = Tensor.Zeros(OperandShape, ElementType.Float32, device);
        return way =>
        {
            if (double.IsNaN(way.Milliseconds)) throw new LaunchException($"{way.Name} cannot be launched\nat all");
            Also?.Invoke(operand);
            long begun = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(begun).TotalMilliseconds < way.Milliseconds) Thread.SpinWait(10);
        };
    }
}
