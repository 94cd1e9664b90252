namespace GenKernels.Tests.Runtime.Compilation;

/// <summary>A launcher's mistakes are reported before anything runs.</summary>
[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class KernelTests(Device device)
{
    private static readonly KernelSource s_source =
        new("Probes/Grid.cu", typeof(KernelTests).Assembly, [ElementType.Float32], "", "Extra=1");

    private static readonly LaunchShape s_shape = new(1, 1, 1, 1);

    private Kernel Types => device.Load(s_source, ElementType.Float32).Kernel("GridTypes");

    [Test]
    public void ItKnowsTheSizesOfItsParameters() =>
        Assert.That(Types.ParameterSizes.ToArray(), Is.EqualTo(new[] { 8, 4, 8, 4, 8 }));

    [Test]
    public void RejectsTooFewArguments() =>
        Assert.That(
            () => Types.Launch(s_shape, KernelArgument.Pointer(0), 1),
            Throws.TypeOf<LaunchException>().With.Message.EqualTo(
                "GridTypes: the kernel takes 5 arguments, its launcher gave 2"));

    [Test]
    public void RejectsAnArgumentOfAnotherSize() =>
        Assert.That(
            () => Types.Launch(s_shape, KernelArgument.Pointer(0), 1, 2, 3f, 4.0),
            Throws.TypeOf<LaunchException>().With.Message.EqualTo(
                "GridTypes: argument 2 has 4 bytes, the kernel takes 8"));

    [TestCase(1L << 31, 1, 1)]
    [TestCase(1, 65_536, 1)]
    [TestCase(1, 1, 65_536)]
    public void OnADeviceWithWarpsRejectsAGridThatNoGpuTakes(long x, int y, int z)
    {
        if (device.WarpSize == 1) Assert.Pass("blocks of one thread have no grid to fit in");
        Assert.That(
            () => Types.Launch(new LaunchShape(x, y, z, 1), KernelArgument.Pointer(0), 1, 2L, 3f, 4.0),
            Throws.TypeOf<LaunchException>().With.Message.EqualTo(
                $"GridTypes with grid ({x}, {y}, {z}), block (1), shared 0 B: a grid has at most 2^31 - 1 blocks along "
                + "x and 65,535 along y and z"));
    }

    [TestCase(0, 1, 1)]
    [TestCase(1, 0, 1)]
    [TestCase(1, 1, 0)]
    public void RejectsAGridWithoutBlocks(long x, int y, int z) =>
        Assert.That(
            () => Types.Launch(new LaunchShape(x, y, z, 1), KernelArgument.Pointer(0), 1, 2L, 3f, 4.0),
            Throws.TypeOf<LaunchException>().With.Message.EqualTo(
                $"GridTypes with grid ({x}, {y}, {z}), block (1), shared 0 B: a grid has at least 1 block along x, y "
                + "and z"));

    [Test]
    public void RejectsATensorOfAnotherDevice()
    {
        Device other = device == TestDevices.Host ? TestDevices.Simt : TestDevices.Host;
        using Tensor elsewhere = Tensor.Zeros([1], ElementType.Float32, other);
        Assert.That(
            () => Types.Launch(s_shape, elsewhere, 1, 2L, 3f, 4.0),
            Throws.TypeOf<LaunchException>().With.Message.EqualTo(
                $"GridTypes: argument 0 lies on {other.Name}, the kernel runs on {device.Name}"));
    }

    [Test]
    public void RejectsADisposedTensor()
    {
        Tensor gone = Tensor.Zeros([1], ElementType.Float32, device);
        gone.Dispose();
        Assert.That(
            () => Types.Launch(s_shape, gone, 1, 2L, 3f, 4.0),
            Throws.TypeOf<ObjectDisposedException>().With.Message.Contains($"the tensor [1] on {device.Name}"));
    }

    [Test]
    public void RejectsATypeThatTheFileDoesNotDeclare() =>
        Assert.That(
            () => device.Load(s_source, ElementType.Float64),
            Throws.ArgumentException.With.Message.EqualTo(
                "Probes/Grid.cu is not compiled for Float64; it is for Float32"));

    [Test]
    public void RejectsAVariantThatTheFileDoesNotDeclare() =>
        Assert.That(
            () => device.Load(s_source, ElementType.Float32, "Extra=2"),
            Throws.ArgumentException.With.Message.EqualTo("Probes/Grid.cu has no variant \"Extra=2\""));

    [TestCase("Taps=7;Up=3", true)]
    [TestCase("Taps=2;Up=1", true)]
    [TestCase("Up=3;Taps=7", false)]
    [TestCase("Taps=7", false)]
    [TestCase("Taps=-7;Up=3", false)]
    [TestCase("Taps=7;Up=3;", false)]
    [TestCase("Taps=7;Up=Three", false)]
    [TestCase("", false)]
    public void OpenVariantsHaveTheNamesOfAnExampleAndAnyNumbers(string variant, bool isAdmitted)
    {
        ElementType[] types = [ElementType.Float32];
        KernelSource closed = new("Probes/Grid.cu", typeof(KernelTests).Assembly, types, "Taps=2;Up=1");
        KernelSource open = new(closed.Path, typeof(KernelTests).Assembly, types, "Taps=2;Up=1")
        {
            HasOpenVariants = true,
        };
        Assert.That(open.Admits(variant), Is.EqualTo(isAdmitted));
        Assert.That(closed.Admits(variant), Is.EqualTo(variant == closed.Variants[0]));
    }

    [Test]
    public void RejectsAKernelThatTheFileDoesNotHave() =>
        Assert.That(
            () => device.Load(s_source, ElementType.Float32).Kernel("GridNone"),
            Throws.ArgumentException.With.Message.EqualTo(
                "Probes/Grid.cu declares no kernel GridNone; it declares GridVisits, GridTypes"));
}
