using GenKernels.Autograd;
using GenKernels.Kernels.Random;

namespace GenKernels.Tests.Autograd;

public sealed class StateDictTests
{
    private static readonly Device s_device = TestDevices.Usual;

    [Test]
    public void StateIsWrittenInTheOrderOfRegistration()
    {
        using RandomGenerator generator = new(s_device, 1);
        using TestNetwork network = new(generator, depth: 1);
        IReadOnlyList<StateEntry> entries = StateDict.Write(network);
        string[] expected = ["gain", "filter", "count", "temporal_layers.0.weight_0", "temporal_layers.0.bias_0"];
        Assert.That(entries.Select(entry => entry.Name), Is.EqualTo(expected));
        Assert.That(entries[1].Values<float>(), Is.EqualTo(new float[] { 1, 3, 3, 1 }));
        Assert.That(entries[2].Values<long>(), Is.EqualTo(new[] { 7L }));
        Assert.That(entries[2].Shape, Is.EqualTo(Shape.Create([])));
    }

    [Test]
    public void WhatWasWrittenLoadsIntoAnotherModule([Values] bool inArena)
    {
        using RandomGenerator generator = new(s_device, 1);
        using TestNetwork first = new(generator);
        using TestNetwork second = new(generator);
        using ParameterArena? arena = inArena ? new ParameterArena(second) : null;
        first.Count.Value.CopyFrom<long>([9]);
        StateDict.Load(second, StateDict.Write(first));
        Assert.That(
            StateDict.Write(second).Select(entry => entry.Read()),
            Is.EqualTo(StateDict.Write(first).Select(entry => entry.Read())));
    }

    [Test]
    public void StateGoesThroughAFile()
    {
        using RandomGenerator generator = new(s_device, 1);
        using TemporaryFolder folder = new();
        using TestNetwork first = new(generator);
        using TestNetwork second = new(generator);
        string path = Path.Combine(folder.Path, "state.safetensors");
        SafetensorsWriter writer = new();
        StateFile.Add(writer, StateDict.Write(first));
        writer.Save(path);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        StateDict.Load(second, StateFile.Entries(file));
        Assert.That(
            StateDict.Write(second).Select(entry => entry.Read()),
            Is.EqualTo(StateDict.Write(first).Select(entry => entry.Read())));
    }

    [Test]
    public void AConvolutionWeightIsHeldChannelsSecond()
    {
        // In memory [O=2, kT=1, kH=2, kW=2, I=3]; its element [o, t, h, w, i] is [o, i, t, h, w] of the release.
        using OneParameter module = new([2, 1, 2, 2, 3], StateLayout.ChannelsLast([2, 3, 1, 2, 2]));
        float[] original =
        [
            .. Enumerable.Range(0, 24).Select(index => (100f * (index / 12)) + (10 * (index / 4 % 3)) + (index % 4)),
        ];

        StateDict.Load(module, [StateEntry.From("weight", [2, 3, 1, 2, 2], original)]);
        float[] ours = module.Value.ToArray<float>();
        for (int index = 0; index < ours.Length; index++)
        {
            Assert.That(
                ours[index], Is.EqualTo((100 * (index / 12)) + (10 * (index % 3)) + (index / 3 % 4)),
                $"element {index}");
        }

        StateEntry written = StateDict.Write(module)[0];
        Assert.That(written.Shape, Is.EqualTo(Shape.Create([2, 3, 1, 2, 2])));
        Assert.That(written.Values<float>(), Is.EqualTo(original));
    }

    [Test]
    public void AFlattenedWeightIsReorderedWithinItsRows()
    {
        // The release flattens [C=2, H=3] into 6 columns; this project flattens [H, C].
        using OneParameter module = new([2, 6], new StateLayout([2, 6], [2, 2, 3], 0, 2, 1));
        StateDict.Load(
            module, [StateEntry.From("weight", [2, 6], [0f, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112])]);
        Assert.That(
            module.Value.ToArray<float>(),
            Is.EqualTo(new float[] { 0, 10, 1, 11, 2, 12, 100, 110, 101, 111, 102, 112 }));
    }

    [Test]
    public void EveryPermutationComesBackAsItWas(
        [Values(ElementType.Float64, ElementType.BFloat16, ElementType.UInt8)] ElementType type)
    {
        byte[] bytes = [.. Enumerable.Range(0, 2 * 3 * 4 * type.Size()).Select(value => (byte)value)];
        foreach (int[] axes in new int[][] { [0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0] })
        {
            StateLayout layout = new([6, 4], [2, 3, 4], axes);
            Assert.That(
                layout.ToOriginal(layout.ToOurs(bytes, type), type), Is.EqualTo(bytes), string.Join(", ", axes));
        }
    }

    [Test]
    public void OtherFloatTypesAreConverted()
    {
        using OneParameter module = new([2], StateLayout.Identity([2]));
        StateDict.Load(module, [StateEntry.From("weight", [2], [(Half)1.5f, (Half)(-2)])]);
        Assert.That(module.Value.ToArray<float>(), Is.EqualTo(new[] { 1.5f, -2 }));
        StateDict.Load(module, [StateEntry.From("weight", [2], [(BFloat16)3f, (BFloat16)0.25f])]);
        Assert.That(module.Value.ToArray<float>(), Is.EqualTo(new[] { 3, 0.25f }));
        StateDict.Load(module, [StateEntry.From("weight", [2], [0.1, 1e-50])]);
        Assert.That(module.Value.ToArray<float>(), Is.EqualTo(new[] { 0.1f, 0 }));
    }

    [Test]
    public void AllThatIsWrongIsToldAtOnceAndNothingIsSet()
    {
        using RandomGenerator generator = new(s_device, 1);
        using TestNetwork network = new(generator, depth: 1);
        StateEntry[] entries =
        [
            StateEntry.From("gain", [], [4f]),
            StateEntry.From("filter", [4], [1f, 2, 3, 4]),
            StateEntry.From("count", [], [1f]),
            StateEntry.From("temporal_layers.0.weight_0", [5], new float[5]),
            StateEntry.From("surplus", [1], [1f]),
        ];
        Assert.That(
            () => StateDict.Load(network, entries, strict: true),
            Throws.TypeOf<StateDictException>().With.Message.EqualTo(
                "TestNetwork: the state dict does not fit; missing: temporal_layers.0.bias_0; unexpected: surplus; "
                + "wrong: filter must have shape [2, 2], got [4], count must hold Int64, got Float32"));
        Assert.That(network.Gain.Value.ToScalar(), Is.EqualTo(1.5));
    }

    [Test]
    public void WhenNotStrictOtherNamesAreToldAndTheRestIsSet()
    {
        using RandomGenerator generator = new(s_device, 1);
        using TestNetwork network = new(generator, depth: 0);
        (IReadOnlyList<string> missing, IReadOnlyList<string> unexpected) = StateDict.Load(
            network, [StateEntry.From("gain", [], [4f]), StateEntry.From("surplus", [1], [1f])], strict: false);
        Assert.That(missing, Is.EqualTo(new[] { "filter", "count" }));
        Assert.That(unexpected, Is.EqualTo(new[] { "surplus" }));
        Assert.That(network.Gain.Value.ToScalar(), Is.EqualTo(4));
    }

    [Test]
    public void NothingIsSetWhereANumberDoesNotFit() => AssertNothingIsSet(
        [StateEntry.From("first", [], [7L]), StateEntry.From("second", [], [1L << 40])],
        "TwoCounts: second holds a number of type Int64 that does not fit Int32");

    [Test]
    public void NothingIsSetWhereAnEntryGivesOtherBytesThanItNames() => AssertNothingIsSet(
        [StateEntry.From("first", [], [7]), new StateEntry("second", ElementType.Int32, [], () => new byte[3])],
        "TwoCounts: second of type Int32 and shape [] has 4 bytes, 3 were read");

    [Test]
    public void RejectsANameThatOccursTwice()
    {
        using OneParameter module = new([1], StateLayout.Identity([1]));
        StateEntry entry = StateEntry.From("weight", [1], [1f]);
        Assert.That(
            () => StateDict.Load(module, [entry, entry]),
            Throws.TypeOf<StateDictException>().With.Message.Contains("weight occurs twice"));
    }

    [Test]
    public void RejectsAxesThatAreNoPermutation() =>
        Assert.That(
            () => new StateLayout([2, 3], [2, 3], 0, 0),
            Throws.TypeOf<ShapeException>().With.Message.Contains("[0, 0]").And.Message.Contains("[2, 3]"));

    [Test]
    public void RejectsALayoutOfAnotherSize() =>
        Assert.That(
            () => new OneParameter([2], StateLayout.Identity([3])),
            Throws.TypeOf<ShapeException>().With.Message.Contains("[2]").And.Message.Contains("[3]"));

    [Test]
    public void RejectsAChannelsFirstShapeWithoutChannels() =>
        Assert.That(
            () => StateLayout.ChannelsLast([3]),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                "StateLayout: a channels-first shape must have rank 2 or more, got [3]"));

    private static void AssertNothingIsSet(StateEntry[] entries, string fault)
    {
        using TwoCounts module = new();
        Assert.That(
            () => StateDict.Load(module, entries),
            Throws.TypeOf<StateDictException>().With.Message.EqualTo(fault));
        Assert.That(module.First.Value.ToArray<int>(), Is.EqualTo(new[] { 1 }));
    }

    private sealed class TwoCounts : Module
    {
        internal TwoCounts()
        {
            First = Register("first", new StateBuffer(Tensor.From([1], [], s_device)));
            Register("second", new StateBuffer(Tensor.From([2], [], s_device)));
        }

        internal StateBuffer First { get; }
    }

    private sealed class OneParameter : Module
    {
        internal OneParameter(Shape shape, StateLayout layout) =>
            Value = Register("weight", Parameter.Full(shape, 0, s_device, layout)).Value.Value;

        internal Tensor Value { get; }
    }
}
