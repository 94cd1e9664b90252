namespace GenKernels.Tests.Runtime.Devices;

/// <summary>Each fault of <c>TmaFault.cu</c> is found by the simt device.</summary>
public sealed class TmaFaultTests
{
    private const int Threads = 64;
    private const int Rows = 12;
    private const int RowLength = 64;

    private static readonly KernelSource s_source =
        new("Probes/TmaFault.cu", typeof(TmaFaultTests).Assembly, [ElementType.Float16]);

    /// <summary>The same as in the kernel.</summary>
    private enum Fault
    {
        None, NoWait, NoCopy, TwoExpectations, FewerBytes, OtherTarget,
    }

    [Test]
    public void ABoxIsCopiedWithZerosWhereThereIsNothing([Values] ThreadOrder order, [Values(0, 2, 9, -3)] int firstRow)
    {
        float[] expected = [.. Enumerable.Range(0, Threads).Select(thread =>
        {
            int row = firstRow + (thread / 8);
            return row is >= 0 and < Rows ? Element(row, thread % 8 * 8) : 0f;
        })];
        Assert.That(Run(Fault.None, order, firstRow), Is.EqualTo(expected));
    }

    [Test]
    public void WhatNobodyWaitedForIsNaN([Values] ThreadOrder order) =>
        Assert.That(Run(Fault.NoWait, order), Is.All.NaN);

    [TestCase(nameof(Fault.NoCopy), "wait for a phase is for what never comes")]
    [TestCase(nameof(Fault.TwoExpectations), "expectation of bytes is one too many for a phase")]
    [TestCase(nameof(Fault.FewerBytes), "wait for a phase is for fewer bytes than come")]
    [TestCase(nameof(Fault.OtherTarget), "copy of a box needs a target at a multiple of 1024")]
    public void AFaultIsRefused(string fault, string message) =>
        Assert.That(
            () => Run(Enum.Parse<Fault>(fault), ThreadOrder.Forward),
            Throws.TypeOf<LaunchException>().With.Message.Contains(message)
                .And.Message.Contains("(Probes/TmaFault.cu:"));

    private static float Element(int row, int column) => (row * RowLength) + column;

    private static float[] Run(Fault fault, ThreadOrder order, int firstRow = 0)
    {
        using SimtDevice device = new(order: order, sanitizer: Sanitizer.None);
        double[] values = [.. Enumerable.Range(0, Rows * RowLength).Select(index => (double)index)];
        using Tensor x = TestTensors.From(values, [Rows, RowLength], device, ElementType.Float16);
        using Tensor y = Tensor.Empty([Threads], ElementType.Float32, device);
        TensorMap map = TensorMap.OfMatrices(x.Type, RowLength, Rows, matrices: 1, rows: 8);
        device.Load(s_source, x.Type).Kernel("TmaFault").Launch(
            new LaunchShape(1, 1, 1, Threads, SharedBytes: 1024 + 1024 + 128), KernelArgument.Mapped(x, map), y,
            firstRow, (int)fault);
        return y.ToArray<float>();
    }
}
