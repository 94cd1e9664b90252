using CsCheck;
using GenKernels.Autograd;
using GenKernels.Models.LongVideo;
using GenKernels.Tests.Models.LongVideo;
using GenKernels.Train.LongVideo;

namespace GenKernels.Tests.Train.LongVideo;

public sealed class LowResolutionCheckpointTests
{
    private static LowResolutionCheckpoint At(long step) =>
        new(step, "smallest", SmallestRun.Options, ClipIndex: 10, NoiseOffset: 20);

    [Test]
    public void WhatWasSavedIsRestored()
    {
        using TemporaryFolder folder = new();
        using LowResolutionGan saved = Gan(seed: 1), restored = Gan(seed: 2);
        string checkpoint = At(7).Save(folder.Path, saved);
        LowResolutionCheckpoint.Restore(checkpoint, restored);
        Assert.That(LowResolutionCheckpoint.Read(checkpoint), Is.EqualTo(At(7)));
        Assert.That(Values(restored.Generator), Is.EqualTo(Values(saved.Generator)));
        Assert.That(Values(restored.Discriminator), Is.EqualTo(Values(saved.Discriminator)));
        Assert.That(Values(restored.AverageGenerator), Is.EqualTo(Values(saved.AverageGenerator)));
    }

    [Test]
    public void OnlyTheNewestRemainAndHalfWrittenOnesDoNotCount()
    {
        using TemporaryFolder folder = new();
        using LowResolutionGan gan = Gan(seed: 1);
        Directory.CreateDirectory(folder.File("checkpoint-00000099.partial"));
        Assert.That(LowResolutionCheckpoint.Newest(folder.Path), Is.Null);
        foreach (long step in (long[])[1, 2, 10]) At(step).Save(folder.Path, gan);
        Assert.That(LowResolutionCheckpoint.Newest(folder.Path), Does.EndWith("checkpoint-00000010"));
        Assert.That(folder.File("checkpoint-00000001"), Does.Not.Exist);
        Assert.That(folder.File("checkpoint-00000002"), Does.Exist);
    }

    [Test]
    public void RefusesAFolderWithoutACheckpoint()
    {
        using TemporaryFolder folder = new();
        Assert.That(
            () => LowResolutionCheckpoint.Read(folder.Path),
            Throws.TypeOf<InvalidDataException>()
                .With.Message.EqualTo($"{folder.Path} contains no checkpoint: state.json is missing"));
    }

    [Test]
    public void RefusesADamagedState()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("state.json"), "{\"Step\": 3,");
        Assert.That(
            () => LowResolutionCheckpoint.Read(folder.Path),
            Throws.TypeOf<InvalidDataException>().With.Message.StartsWith($"{folder.File("state.json")} is damaged: "));
    }

    [TestCase("{}", "preset or options missing")]
    [TestCase("null", "it is empty")]
    [TestCase("{\"Step\": 3, \"Preset\": \"tiny\"}", "preset or options missing")]
    [TestCase(
        "{\"Step\": -1, \"Preset\": \"tiny\", \"Options\": {}}", "step -1 and clip 0 must not be negative")]
    public void RefusesAStateThatNoRunHasWritten(string json, string fault)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("state.json"), json);
        Assert.That(
            () => LowResolutionCheckpoint.Read(folder.Path),
            Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
                $"{folder.File("state.json")} is damaged: {fault}"));
    }

    [Test]
    public void APrecisionIsSavedByItsName([Values("fp32", "tf32", "bf16", "fp16")] string name)
    {
        using TemporaryFolder folder = new();
        using LowResolutionGan gan = Gan(seed: 1);
        LowResolutionCheckpoint state =
            At(1) with { Options = SmallestRun.Options with { Precision = Precision.Find(name)! } };
        string checkpoint = state.Save(folder.Path, gan);
        Assert.That(
            File.ReadAllText(Path.Combine(checkpoint, "state.json")), Does.Contain($"\"Precision\": \"{name}\""));
        Assert.That(LowResolutionCheckpoint.Read(checkpoint), Is.EqualTo(state));
    }

    [Test]
    public void AStateThatKnowsNoPrecisionHas32Bits()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("state.json"), "{\"Step\": 3, \"Preset\": \"tiny\", \"Options\": {}}");
        Assert.That(LowResolutionCheckpoint.Read(folder.Path).Options.Precision, Is.SameAs(Precision.Fp32));
    }

    [TestCase("\"fp8\"")]
    [TestCase("null")]
    [TestCase("16")]
    [TestCase("{}")]
    public void RefusesAPrecisionThatThereIsNot(string value)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(
            folder.File("state.json"),
            $"{{\"Step\": 3, \"Preset\": \"tiny\", \"Options\": {{\"Precision\": {value}}}}}");
        Assert.That(
            () => LowResolutionCheckpoint.Read(folder.Path),
            Throws.TypeOf<InvalidDataException>().With.Message.StartsWith($"{folder.File("state.json")} is damaged: "));
    }

    [Test]
    public void AnyDamageToTheStateGivesOnlyTheTypedException()
    {
        using TemporaryFolder folder = new();
        using LowResolutionGan gan = Gan(seed: 1);
        string checkpoint = At(1).Save(folder.Path, gan), file = Path.Combine(checkpoint, "state.json");
        Damage.Of(File.ReadAllBytes(file)).Sample(
            bytes =>
            {
                File.WriteAllBytes(file, bytes);
                try
                {
                    LowResolutionCheckpoint.Read(checkpoint);
                }
                catch (InvalidDataException fault)
                {
                    Assert.That(fault.Message, Does.StartWith(file));
                }
            },
            iter: Math.Max(300, Check.Iter), threads: 1);
    }

    [Test]
    public void AnyDamageToATensorFileGivesOnlyTheTypedExceptions()
    {
        using TemporaryFolder folder = new();
        using LowResolutionGan gan = Gan(seed: 1);
        string checkpoint = At(1).Save(folder.Path, gan);
        string file = Path.Combine(checkpoint, "optimizer-discriminator.safetensors");
        Damage.Of(File.ReadAllBytes(file)).Sample(
            bytes =>
            {
                File.WriteAllBytes(file, bytes);
                try
                {
                    LowResolutionCheckpoint.Restore(checkpoint, gan);
                }
                catch (InvalidDataException fault)
                {
                    Assert.That(fault.Message, Is.Not.Empty);
                }
            },
            iter: Math.Max(40, Check.Iter / 10), threads: 1);
    }

    [Test]
    public void RefusesAFileThatWasCutOff()
    {
        using TemporaryFolder folder = new();
        using LowResolutionGan gan = Gan(seed: 1);
        string file = Path.Combine(At(1).Save(folder.Path, gan), "discriminator.safetensors");
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^8]);
        Assert.That(
            () => LowResolutionCheckpoint.Restore(Path.GetDirectoryName(file)!, gan),
            Throws.TypeOf<InvalidDataException>().With.Message.StartsWith($"{file}: "));
    }

    [Test]
    public void RefusesAMissingFile()
    {
        using TemporaryFolder folder = new();
        using LowResolutionGan gan = Gan(seed: 1);
        string checkpoint = At(1).Save(folder.Path, gan);
        File.Delete(Path.Combine(checkpoint, "optimizer-generator.safetensors"));
        Assert.That(
            () => LowResolutionCheckpoint.Restore(checkpoint, gan),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("optimizer-generator.safetensors"));
    }

    [Test]
    public void RefusesNetworksOfOtherSizes()
    {
        using TemporaryFolder folder = new();
        using LowResolutionGan gan = Gan(seed: 1);
        string checkpoint = At(1).Save(folder.Path, gan);
        LowResolutionPreset wide = SmallestPreset.Preset with
        {
            Generator = SmallestPreset.Preset.Generator with { LatentChannels = 12 },
        };
        using LowResolutionGan other = new(wide, SmallestRun.Options, TestDevices.Usual);
        Assert.That(
            () => LowResolutionCheckpoint.Restore(checkpoint, other),
            Throws.TypeOf<InvalidDataException>()
                .With.Message.Contains("latent_mapping.layer_0.weight must have shape [12, 8], got [8, 8]"));
    }

    private static LowResolutionGan Gan(ulong seed) =>
        new(SmallestPreset.Preset, SmallestRun.Options with { Seed = seed }, TestDevices.Usual);

    private static float[] Values(Module module) =>
        [.. StateDict.Write(module).SelectMany(entry => entry.Values<float>())];
}
