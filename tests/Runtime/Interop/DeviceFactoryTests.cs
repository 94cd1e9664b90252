namespace GenKernels.Tests.Runtime.Interop;

public sealed class DeviceFactoryTests
{
    [TestCase("gpu")]
    [TestCase("")]
    [TestCase("cuda:")]
    [TestCase("cuda:-1")]
    [TestCase("cuda:x")]
    [TestCase("cuda:99999999999")]
    public void AnUnknownNameIsRefusedWithTheKnownOnes(string name) =>
        Assert.That(
            () => DeviceFactory.Open(name),
            Throws.ArgumentException.With.Message.EqualTo(
                $"unknown device \"{name}\"; expected auto, host, simt or cuda:N"));

    [TestCase("host", DeviceKind.Host)]
    [TestCase("simt", DeviceKind.Simt)]
    public void TheDevicesOfTheProcessorAreAlwaysThere(string name, DeviceKind kind)
    {
        using Device device = DeviceFactory.Open(name);
        Assert.That((device.Name, device.Kind), Is.EqualTo((name, kind)));
    }

    [Test]
    public void WithoutAGpuCudaSaysWhyAndAutoIsTheHost()
    {
        IReadOnlyList<CudaGpu> gpus = CudaDevice.Enumerate(out string? reason);
        using Device best = DeviceFactory.Open("auto");
        if (gpus.Count == 0)
        {
            Assert.That(reason, Is.Not.Null.And.Not.Empty);
            Assert.That(best.Name, Is.EqualTo("host"));
            Assert.That(
                () => DeviceFactory.Open("cuda:0"),
                Throws.TypeOf<DeviceUnavailableException>().With.Message.EqualTo($"cuda:0: {reason}"));
        }
        else Assert.That(reason, Is.Null);

        Assert.That(
            () => DeviceFactory.Open("cuda:1000"),
            Throws.TypeOf<DeviceUnavailableException>().With.Message.StartsWith("cuda:1000: "));
    }
}
