namespace GenKernels.Tests.Runtime.Tuning;

/// <summary>The files of choices: shared, damaged, shipped.</summary>
public sealed class TuningTableTests
{
    private readonly List<string> _notices = [];
    private TemporaryFolder _cache = null!;

    private static PlantedWork Work => new(("slow", 1), ("fast", 0.25));

    private static string[] Damages =>
    [
        "", "null", "[]", "{", "{}", """{"device": "X"}""", """{"device": null, "choices": []}""",
        """{"device": "X", "choices": [null]}""", """{"device": "X", "choices": [{"kernel": "Planted"}]}""",
        """{"device": "X", "choices": [{"kernel": 1, "shape": "", "algorithm": "", "microseconds": 1}]}""",
        "\0\0\0\0",
    ];

    [SetUp]
    public void MakeACache()
    {
        _notices.Clear();
        _cache = new TemporaryFolder();
    }

    [TearDown]
    public void RemoveTheCache() => _cache.Dispose();

    [TestCaseSource(nameof(Damages))]
    public void ADamagedTableIsLeftAsideAndMadeAnew(string damage)
    {
        string path;
        using (Device first = Open())
        {
            Choose(first, Work);
            path = first.Tuner.TablePath;
        }

        File.WriteAllText(path, damage);
        using (Device second = Open())
        {
            PlantedWork work = Work;
            Assert.That(Choose(second, work), Is.EqualTo("fast"));
            Assert.That(work.Prepared, Is.EqualTo(1));
            Assert.That(_notices, Has.Some.StartsWith($"host: ignoring the tuning table {path}: "));
        }

        _notices.Clear();
        using Device third = Open();
        Assert.That(third.Tuner.Choices, Has.Count.EqualTo(1));
        Assert.That(_notices, Is.Empty);
    }

    [Test]
    public void ATableCutOffAtAnyByteIsLeftAside()
    {
        using Device first = Open();
        Choose(first, Work);
        byte[] whole = File.ReadAllBytes(first.Tuner.TablePath);
        for (int length = 0; length < whole.Length - 1; length += 7)
        {
            File.WriteAllBytes(first.Tuner.TablePath, whole[..length]);
            using Device second = Open();
            Assert.That(second.Tuner.Choices, Is.Empty, $"{length} bytes");
        }
    }

    [Test]
    public void TwoWritersLoseNothingAndAgree()
    {
        using Device first = Open(), second = Open();
        Device[] devices = [first, second];
        _ = (first.Tuner.Choices, second.Tuner.Choices);  // both have read an empty table

        // Each writer finds another algorithm the fastest, so that they agree only if one takes over what the other has
        // written.
        PlantedWork[] works = [new(("a", 0.1), ("b", 0.4)), new(("a", 0.4), ("b", 0.1))];
        string[,] algorithms = new string[2, 12];
        Parallel.For(0, 2, writer =>
        {
            for (int index = 0; index < 12; index++)
            {
                int size = writer == 0 ? index : 11 - index;
                algorithms[writer, size] = Choose(devices[writer], works[writer], size);
            }
        });
        for (int size = 0; size < 12; size++) Assert.That(algorithms[0, size], Is.EqualTo(algorithms[1, size]));
        using Device third = Open();
        Assert.That(third.Tuner.Choices.Select(choice => choice.Shape).Distinct().Count(), Is.EqualTo(12));
        Assert.That(
            _cache.FileNames().Select(Path.GetExtension), Is.EquivalentTo(new[] { ".json", ".lock" }),
            "no temporary file is left");
    }

    [Test]
    public void WhatWasExportedIsKnownWhereItLiesBesideAProgram()
    {
        using TemporaryFolder shipped = new();
        using (Device measuring = Open())
        {
            Choose(measuring, Work);
            measuring.Tuner.Export(shipped.File("any-name.json"));
        }

        using Device elsewhere = Open(new KernelCache(_cache.File("another")));
        elsewhere.Tuner.ShippedFolder = shipped.Path;
        PlantedWork work = Work;
        Assert.That(Choose(elsewhere, work), Is.EqualTo("fast"));
        Assert.That(work.Prepared, Is.Zero);
        Assert.That(Directory.Exists(_cache.File("another")), Is.False, "it is only read");
    }

    [Test]
    public void WhatWasMeasuredHereCountsMoreThanWhatCameWithTheProgram()
    {
        using TemporaryFolder shipped = new();
        using (Device measuring = Open())
        {
            Choose(measuring, new PlantedWork(("slow", 0.25), ("fast", 1)));
            measuring.Tuner.Export(shipped.File("table.json"));
            File.Delete(measuring.Tuner.TablePath);
        }

        using (Device measuring = Open()) Choose(measuring, Work);
        using Device both = Open();
        both.Tuner.ShippedFolder = shipped.Path;
        Assert.That(Choose(both, Work), Is.EqualTo("fast"));
        Assert.That(both.Tuner.Choices, Has.Count.EqualTo(1));
    }

    [Test]
    public void ATableOfAnotherDeviceIsNotFollowed()
    {
        using TemporaryFolder shipped = new();
        using (Device measuring = Open())
        {
            Choose(measuring, Work);
            measuring.Tuner.Export(shipped.File("table.json"));
        }

        using HostDevice other = new(new KernelCache(_cache.Path), coreCount: Environment.ProcessorCount + 1);
        other.Tuner.Policy = TuningPolicy.Known;
        other.Tuner.ShippedFolder = shipped.Path;
        Assert.That(Choose(other, Work), Is.EqualTo("slow"));
        Assert.That(other.Tuner.Choices, Is.Empty);
    }

    [Test]
    public void AFolderThatTakesNoFilesIsToldAndTheProcessGoesOn()
    {
        File.WriteAllText(_cache.File("file"), "");
        using Device device = Open(new KernelCache(_cache.File("file")));
        Assert.That(Choose(device, Work), Is.EqualTo("fast"));
        Assert.That(_notices.Single(), Does.StartWith("host: what was measured is lost with this process: "));
        Assert.That(device.Tuner.Choices, Has.Count.EqualTo(1));
    }

    private static string Choose(Device device, PlantedWork work, int size = 1) =>
        device.Tuner.Choose(work, new PlantedKey(size)).Name;

    private HostDevice Open(KernelCache? cache = null)
    {
        HostDevice device = new(cache ?? new KernelCache(_cache.Path)) { Notices = _notices.Add };
        device.Tuner.Policy = TuningPolicy.Measure;
        return device;
    }
}
