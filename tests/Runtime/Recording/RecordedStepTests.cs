using GenKernels.Kernels;
using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.Optimization;
using GenKernels.Kernels.Random;
using GenKernels.Kernels.Reduction;

namespace GenKernels.Tests.Runtime.Recording;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class RecordedStepTests(Device device)
{
    private const int Count = 1000;

    [Test]
    public void AReplayGivesTheBitsOfTheStepForWhateverTheInputsHold()
    {
        using Tensor x = Numbers(1), y = Tensor.Zeros([Count], ElementType.Float32, device);
        using RecordedStep step = RecordedStep.Record(device, () => y.CopyFrom(Chain(x)));
        Assert.That(y.ToArray<float>(), Is.All.Zero, "a recording computes nothing");
        for (int seed = 1; seed < 4; seed++)
        {
            using TensorScope scope = device.Scope();
            x.CopyFrom(Numbers(seed));
            step.Replay();
            Assert.That(y.ToArray<float>(), Is.EqualTo(Chain(x).ToArray<float>()));
        }
    }

    [Test]
    public void ARecordingTakesNoMemoryAndItsReplayAsMuchAsIsInUseAtOnce()
    {
        using Tensor x = Numbers(1), y = Tensor.Zeros([Count], ElementType.Float32, device);
        long before = device.Memory.Statistics().Live;
        using RecordedStep step = RecordedStep.Record(device, () => y.CopyFrom(Chain(x)));
        Assert.That(device.Memory.Statistics().Live, Is.EqualTo(before));
        step.Replay();

        const long Buffer = 4096;  // 1000 floats, aligned
        Assert.That(step.Plan.LowerBound, Is.EqualTo(2 * Buffer));
        Assert.That(step.Plan.ArenaBytes, Is.EqualTo(2 * Buffer));
        Assert.That(step.Plan.TotalBytes, Is.EqualTo(3 * Buffer));
        Assert.That(device.Memory.Statistics().Live, Is.EqualTo(before + (2 * Buffer)));
        Assert.That(step.LaunchCount, Is.EqualTo(3));
    }

    [Test]
    public void WhatIsTakenOutOfTheScopeIsAResult()
    {
        using Tensor x = Numbers(1);
        Tensor? result = null;
        using RecordedStep step = RecordedStep.Record(device, () => result = Chain(x).Unscoped());
        using (result)
        {
            step.Replay();
            float[] first = result!.ToArray<float>();
            using (TensorScope scope = device.Scope()) Assert.That(first, Is.EqualTo(Chain(x).ToArray<float>()));
            x.Clear();
            step.Replay();
            Assert.That(result.ToArray<float>(), Is.Not.EqualTo(first));
        }
    }

    [Test]
    public void RandomNumbersAndRatesAreReadAnewByEachReplay()
    {
        using RandomGenerator recorded = new(device, seed: 5), eager = new(device, seed: 5);
        using Tensor sum = Tensor.Zeros([Count], ElementType.Float32, device);
        using Tensor rate = Tensor.Zeros([1], ElementType.Float32, device);
        using RecordedStep step = RecordedStep.Record(device, () => Lerp.Into(recorded.Normal([Count]), sum, rate));
        using Tensor expected = Tensor.Zeros([Count], ElementType.Float32, device);
        for (int replay = 0; replay < 3; replay++)
        {
            using TensorScope scope = device.Scope();
            rate.CopyFrom<float>([0.25f + replay]);
            step.Replay();
            Lerp.Into(eager.Normal([Count]), expected, rate);
            Assert.That(sum.ToArray<float>(), Is.EqualTo(expected.ToArray<float>()));
        }

        Assert.That(recorded.SaveState(), Is.EqualTo(eager.SaveState()));
    }

    [Test]
    public void ReadingBackIsRefusedAndLeavesNothing()
    {
        using Tensor x = Numbers(1);
        using TensorScope scope = device.Scope();
        Assert.That(
            () => RecordedStep.Record(device, () => Chain(x).ToArray<float>()),
            Throws.TypeOf<RecordingException>().With.Message.EqualTo(
                $"{device}: 4000 bytes are read back in the middle of a recorded step, where they have no value; copy "
                + "them to a tensor that was made before the recording, and read that after the replay"));
        Assert.That(x.ToArray<float>(), Is.Not.All.Zero, "the device works on");
    }

    [Test]
    public void CopyingFromTheProgramIsRefused() => Assert.That(
        () => RecordedStep.Record(device, () => Tensor.From([1f, 2], [2], device)),
        Throws.TypeOf<RecordingException>().With.Message.StartsWith(
            $"{device}: 8 bytes of the program are copied to the device in the middle of a recorded step"));

    [Test]
    public void ATensorThatLeavesAFailedRecordingIsDisposed()
    {
        Tensor? kept = null;
        Assert.That(
            () => RecordedStep.Record(device, () =>
            {
                kept = Tensor.Zeros([Count], ElementType.Float32, device).Unscoped();
                throw new InvalidOperationException("broke");
            }),
            Throws.InvalidOperationException.With.Message.EqualTo("broke"));
        Assert.That(() => kept!.ToArray<float>(), Throws.TypeOf<ObjectDisposedException>());
        kept!.Dispose();
    }

    [Test]
    public void AnAddressGivenAsANumberIsRefused()
    {
        using Tensor x = Numbers(1);
        KernelSource source = KernelLibrary.Source("Optimization/Lerp.cu");
        Kernel kernel = device.Load(source, ElementType.Float32).Kernel("Lerp");
        Assert.That(
            () => RecordedStep.Record(device, () =>
            {
                Tensor y = Tensor.Empty([Count], ElementType.Float32, device);
                kernel.Launch(LaunchShape.Elements(device, Count), x, x, (long)y.Address);
            }),
            Throws.TypeOf<RecordingException>().With.Message.EqualTo(
                "Lerp: the address of a tensor is given as a number or within a structure, where a replay cannot "
                + "change it; give the tensor itself"));
    }

    [Test]
    public void StepsShareAnArenaThatGrows()
    {
        using StepArena arena = new(device);
        using Tensor x = Numbers(1), small = Tensor.Zeros([Count], ElementType.Float32, device);
        using Tensor sum = Tensor.Zeros([1], ElementType.Float32, device);
        using RecordedStep first = RecordedStep.Record(device, () => small.CopyFrom(Chain(x)), arena);
        using RecordedStep second = RecordedStep.Record(
            device,
            () =>
            {
                Tensor ones = Tensor.Zeros([64 * Count], ElementType.Float32, device);
                Unary.Into(UnaryKind.Affine, ones, ones, 1, 1);
                sum.CopyFrom(Reduce.Forward(ReduceKind.Sum, ones, 0, 1));
            },
            arena);
        first.Replay();
        float[] expected = small.ToArray<float>();
        Assert.That(arena.Bytes, Is.EqualTo(first.Plan.ArenaBytes));
        second.Replay();
        Assert.That(arena.Bytes, Is.EqualTo(second.Plan.ArenaBytes).Within(511).And.GreaterThan(64 * Count * 4));
        Assert.That(sum.ToArray<float>()[0], Is.EqualTo(64 * Count));
        small.Clear();
        first.Replay();
        Assert.That(small.ToArray<float>(), Is.EqualTo(expected));
    }

    [Test]
    public void CopiesAndZerosByAddressAreRepeatedToo()
    {
        using Tensor x = Numbers(1), y = Numbers(2);
        using RecordedStep step = RecordedStep.Record(device, () =>
        {
            Tensor middle = Tensor.Empty([Count], ElementType.Float32, device);
            device.Copy(x.Address, middle.Address, x.Bytes);
            device.Clear(middle.Address + 400, 400);
            device.Copy(middle.Address, y.Address, x.Bytes);
        });
        step.Replay();
        float[] expected = x.ToArray<float>();
        expected.AsSpan(100, 100).Clear();
        Assert.That(y.ToArray<float>(), Is.EqualTo(expected));
    }

    [Test]
    public void WhatNobodyWroteIsNotANumberWhereTheDeviceLooksForThat()
    {
        using Tensor x = Numbers(1), y = Tensor.Zeros([Count], ElementType.Float32, device);
        using RecordedStep step = RecordedStep.Record(device, () =>
        {
            // Both share one address: the contents left by the first must not pass for the second.
            using (Tensor first = Unary.Forward(UnaryKind.Square, x)) y.CopyFrom(first);
            using Tensor second = Tensor.Empty([Count], ElementType.Float32, device);
            y.CopyFrom(second);
        });
        step.Replay();
        Assert.That(step.Plan.ArenaBytes, Is.EqualTo(step.Plan.Buffers[0].Bytes));
        if (device.Kind == DeviceKind.Simt) Assert.That(y.ToArray<float>(), Is.All.NaN);
    }

    [Test]
    public void InnerRecordingsAndReplaysAreRefused()
    {
        using RecordedStep empty = RecordedStep.Record(device, () => { });
        empty.Replay();
        Assert.That(
            () => RecordedStep.Record(device, () => RecordedStep.Record(device, () => { })),
            Throws.TypeOf<RecordingException>().With.Message.Contains("cannot be recorded within another"));
        Assert.That(
            () => RecordedStep.Record(device, empty.Replay),
            Throws.TypeOf<RecordingException>().With.Message.Contains("cannot be replayed within the recording"));
    }

    [Test]
    public void OtherThreadsWorkWhileOneRecords()
    {
        using Tensor x = Numbers(1), y = Tensor.Zeros([Count], ElementType.Float32, device);
        float[] squares = [];
        using RecordedStep step = RecordedStep.Record(device, () =>
        {
            Thread other = new(() =>
            {
                using Tensor square = Unary.Forward(UnaryKind.Square, x);
                squares = square.ToArray<float>();
            });
            other.Start();
            other.Join();
            y.CopyFrom(Chain(x));
        });
        Assert.That(squares, Is.EqualTo(x.ToArray<float>().Select(value => value * value)));
        Assert.That(step.LaunchCount, Is.EqualTo(3));
    }

    [Test]
    public void ATensorWithoutMemoryYetIsForTheThreadThatRecords()
    {
        RecordingException? refusal = null;
        using RecordedStep step = RecordedStep.Record(device, () =>
        {
            Tensor promised = Tensor.Empty([Count], ElementType.Float32, device);
            Thread other = new(() => refusal = Assert.Throws<RecordingException>(() => promised.ToArray<float>()));
            other.Start();
            other.Join();
        });
        Assert.That(refusal!.Message, Is.EqualTo(
            $"{device}: Float32[1000] on {device} has no memory before the recording of its step ends; only the thread "
            + "that records may use it"));
    }

    [Test]
    public void TensorsWithoutElementsAreRecordedToo()
    {
        using Tensor x = Tensor.Zeros([0], ElementType.Float32, device);
        using Tensor y = Tensor.Zeros([0], ElementType.Float32, device);
        using RecordedStep step = RecordedStep.Record(device, () => y.CopyFrom(Chain(x)));
        Assert.That(step.LaunchCount, Is.EqualTo(3));
        Assert.That(step.Replay, Throws.Nothing);
    }

    [Test]
    public void AStepHoldsTheMemoryThatItUses()
    {
        using Tensor y = Tensor.Zeros([Count], ElementType.Float32, device);
        Tensor x = Numbers(1);
        float[] expected = x.ToArray<float>();
        using RecordedStep step = RecordedStep.Record(device, () => y.CopyFrom(x));
        x.Dispose();
        using (Tensor other = Numbers(2))
        {
            step.Replay();
            Assert.That(y.ToArray<float>(), Is.EqualTo(expected));
        }

        step.Dispose();
        Assert.That(step.Replay, Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void AReplayAllocatesNoManagedMemory()
    {
        using Tensor x = Numbers(1), y = Tensor.Zeros([Count], ElementType.Float32, device);
        using RecordedStep step = RecordedStep.Record(device, () => y.CopyFrom(Chain(x)));
        for (int warm = 0; warm < 30; warm++) step.Replay();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int replay = 0; replay < 100; replay++) step.Replay();
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private Tensor Numbers(int seed) => TestTensors.Normal([Count], seed, device);

    /// <summary>Three kernels, with two buffers in use at a time.</summary>
    private static Tensor Chain(Tensor x) => Unary.Forward(
        UnaryKind.Sine, Unary.Forward(UnaryKind.Affine, Unary.Forward(UnaryKind.Square, x), 2, 1));
}
