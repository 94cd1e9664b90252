namespace GenKernels.Tests.Runtime.Devices;

public sealed class PrecisionTests
{
    [TestCase("fp32", ElementType.Float32, MatrixPrecision.Exact, false)]
    [TestCase("tf32", ElementType.Float32, MatrixPrecision.Tf32, false)]
    [TestCase("bf16", ElementType.BFloat16, MatrixPrecision.Exact, false)]
    [TestCase("fp16", ElementType.Float16, MatrixPrecision.Exact, true)]
    public void EachIsFoundByItsName(string name, ElementType activations, MatrixPrecision matrix, bool scalesLosses)
    {
        Precision precision = Precision.Find(name)!;
        Assert.That(
            (precision.Activations, precision.Matrix, precision.ScalesLosses),
            Is.EqualTo((activations, matrix, scalesLosses)));
        Assert.That(precision.ToString(), Is.EqualTo(name));
        Assert.That(Precision.Names, Is.EqualTo("fp32, tf32, bf16, fp16"));
    }

    [TestCase("fp8")]
    [TestCase("FP32")]
    [TestCase("")]
    [TestCase(null)]
    public void AnotherNameIsNone(string? name) => Assert.That(Precision.Find(name), Is.Null);

    [Test]
    public void ADeviceIsExactUnlessToldOtherwise()
    {
        using HostDevice device = new();
        Assert.That(device.Precision, Is.SameAs(Precision.Fp32));
    }

    [Test]
    public void WhatItMeansDependsOnTheDevice()
    {
        using HostDevice host = new();
        using SimtDevice simt = new();
        const string Meaning = "tf32 (32-bit floats, factors of products rounded to 10 bits of fraction";
        Assert.That(Precision.Tf32.Describe(host), Is.EqualTo($"{Meaning}; host multiplies exactly)"));
        Assert.That(Precision.Tf32.Describe(simt), Is.EqualTo($"{Meaning})"));
        Assert.That(Precision.Fp32.Describe(host), Is.EqualTo("fp32 (32-bit floats, multiplied exactly)"));
        Assert.That(Precision.Fp16.Describe(host), Does.StartWith("fp16 (activations of 16 bits").And.Contain("scale"));
    }
}
