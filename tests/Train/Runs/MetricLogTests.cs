using GenKernels.Train.Runs;

namespace GenKernels.Tests.Train.Runs;

public sealed class MetricLogTests
{
    private TemporaryFolder _folder = null!;

    private string FilePath => _folder.File("metrics.jsonl");

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void EveryRecordIsOneLineOfJson()
    {
        using (MetricLog log = MetricLog.Create(FilePath, new FixedClock()))
        {
            log.Write(0, Values(("loss/g", 0.5), ("bad", double.NaN)));
            log.Write(16, Values(("up", double.PositiveInfinity), ("down", double.NegativeInfinity)));
        }

        Assert.That(File.ReadAllText(FilePath), Is.EqualTo(
            """
            {"step":0,"time":1700000000.25,"loss/g":0.5,"bad":"NaN"}
            {"step":16,"time":1700000000.25,"up":"Infinity","down":"-Infinity"}

            """.ReplaceLineEndings("\n")));
    }

    [Test]
    public void ALogIsWrittenAndReadAlikeInEveryLanguage()
    {
        KeyValuePair<string, double>[] values =
            [.. Values(("loss", -0.5), ("bad", double.NaN), ("up", double.PositiveInfinity))];
        using (DecimalComma comma = new())
        using (MetricLog log = MetricLog.Create(FilePath, new FixedClock()))
        {
            log.Write(3, values);
            Assert.That(MetricLog.Read(FilePath).Single().Values, Is.EquivalentTo(values));
        }

        Assert.That(MetricLog.Read(FilePath).Single().Values, Is.EquivalentTo(values));
    }

    [Test]
    public void ALineIsReadableBeforeTheLogIsClosed()
    {
        using MetricLog log = MetricLog.Create(FilePath, new FixedClock());
        log.Write(3, Values(("loss", 0.1), ("bad", double.NaN)));
        MetricRecord record = MetricLog.Read(FilePath).Single();
        Assert.That(record.Step, Is.EqualTo(3));
        Assert.That(record.Time, Is.EqualTo(FixedClock.Seconds));
        Assert.That(record.Values, Is.EquivalentTo(Values(("loss", 0.1), ("bad", double.NaN))));
    }

    [Test]
    public void ANewLogStartsEmpty()
    {
        File.WriteAllText(FilePath, "old\n");
        using (MetricLog.Create(FilePath))
        {
        }

        Assert.That(File.ReadAllText(FilePath), Is.Empty);
    }

    [TestCase(-1, "")]
    [TestCase(0, "0")]
    [TestCase(15, "0")]
    [TestCase(16, "0 16 16")]
    [TestCase(99, "0 16 16 32")]
    public void AResumedLogDropsWhatLiesBeyondItsStep(long lastStep, string kept)
    {
        using (MetricLog log = MetricLog.Create(FilePath))
        {
            foreach (long step in (long[])[0, 16, 16, 32]) log.Write(step, Values(("loss", step)));
        }

        using (MetricLog log = MetricLog.Resume(FilePath, lastStep)) log.Write(100, Values(("loss", 1)));

        string steps = string.Join(' ', MetricLog.Read(FilePath).Select(record => record.Step));
        Assert.That(steps, Is.EqualTo($"{kept} 100".TrimStart()));
    }

    [TestCase("{\"step\":1,\"ti", Description = "a torn line")]
    [TestCase("{\"step\":1,\"time\":2}", Description = "a whole line without its end")]
    [TestCase("no json\n{\"step\":1,\"time\":2}\n", Description = "a line that is none of ours")]
    [TestCase("{\"time\":2}\n")]
    public void AResumedLogDropsALineThatWasCutShort(string tail)
    {
        const string Whole = "{\"step\":0,\"time\":1}\n";
        File.WriteAllText(FilePath, Whole + tail);
        using (MetricLog.Resume(FilePath, lastStep: 5))
        {
        }

        Assert.That(File.ReadAllText(FilePath), Is.EqualTo(Whole));
    }

    [Test]
    public void AMissingLogIsResumedEmpty()
    {
        using (MetricLog log = MetricLog.Resume(FilePath, lastStep: 5)) log.Write(6, Values());
        Assert.That(MetricLog.Read(FilePath), Has.Count.EqualTo(1));
    }

    [Test]
    public void RefusesTakenNamesAndLinesThatAreNoRecords()
    {
        using (MetricLog log = MetricLog.Create(FilePath))
        {
            Assert.That(
                () => log.Write(1, Values(("step", 1))),
                Throws.ArgumentException.With.Message.EqualTo("a metric must not be named 'step'"));
            log.Write(2, Values(("loss", 1)));
        }

        Assert.That(MetricLog.Read(FilePath).Single().Step, Is.EqualTo(2));
        File.AppendAllText(FilePath, "{}\n");
        Assert.That(
            () => MetricLog.Read(FilePath),
            Throws.TypeOf<FormatException>().With.Message.EqualTo($"{FilePath}: line 2 is not a record of metrics"));
    }

    private static Dictionary<string, double> Values(params (string Name, double Value)[] values) =>
        values.ToDictionary(value => value.Name, value => value.Value);
}
