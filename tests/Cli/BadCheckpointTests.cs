using GenKernels.Cli;
using GenKernels.Train.LongVideo;

namespace GenKernels.Tests.Cli;

/// <summary>A run resumes only from an intact checkpoint of its own; otherwise nothing is changed.</summary>
public sealed class BadCheckpointTests
{
    private const string State = "state.json";

    private TemporaryFolder _folder = null!;

    private string Data => _folder.File("data");

    private string Run => _folder.File("run");

    private string Checkpoint => Path.Combine(Run, "checkpoint-00000002");

    [OneTimeSetUp]
    public void TrainTwoSteps()
    {
        _folder = new TemporaryFolder();
        SmallTraining.WriteDataset(Data, frameCount: 64);
        string[] twice = SmallTraining.New(Data, _folder.File("good"), "--steps", "2", "--checkpoint-every", "1");
        Assert.That(CommandRun.Of(twice).Status, Is.Zero);
    }

    [OneTimeTearDown]
    public void RemoveFolder() => _folder.Dispose();

    [SetUp]
    public void CopyTheRun() => SmallTraining.Copy(_folder.File("good"), Run);

    [TearDown]
    public void RemoveTheRun() => Directory.Delete(Run, recursive: true);

    [TestCase("generator.safetensors")]
    [TestCase("optimizer-discriminator.safetensors")]
    public void AFileThatIsCutShortIsNamedWithTheCheckpointBefore(string name)
    {
        string file = Path.Combine(Checkpoint, name);
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^100]);
        Refuses($"{file}: ", $"; remove {Checkpoint} to resume from checkpoint-00000001");
    }

    [TestCase("generator.safetensors")]
    [TestCase("optimizer-generator.safetensors")]
    public void AFlippedBitIsNamedWithTheCheckpointBefore(string name)
    {
        string file = Path.Combine(Checkpoint, name);
        Flip(file);
        Refuses(
            $"{file}: the data is damaged: its checksum is ",
            $"; remove {Checkpoint} to resume from checkpoint-00000001");
    }

    [Test]
    public void NoVideoIsGeneratedByDamagedWeights()
    {
        string file = Path.Combine(Checkpoint, LowResolutionCheckpoint.AverageGeneratorFile);
        Flip(file);
        CommandRun.Refuses(
            $"{file}: the data is damaged: ", ExitCode.Failure,
            "generate", "video", "--checkpoint", Run, "--device", "host", "--frames", "9", "--out",
            _folder.File("video.webp"));
        CommandRun.Refuses($"{file}: the data is damaged: ", ExitCode.Failure, "checkpoint", "inspect", file);
    }

    [Test]
    public void AnotherDataSetIsTold()
    {
        string other = _folder.File("other");
        if (!Directory.Exists(other)) SmallTraining.WriteDataset(other, frameCount: 65);
        const string Told = "The checkpoint was trained on another data set.";
        CommandRun same = CommandRun.Of(SmallTraining.Resumed(Data, Run, "--steps", "3"));
        Assert.That(same.Told, Does.Contain("Resuming after step 2").And.Not.Contain(Told));
        CommandRun run = CommandRun.Of(SmallTraining.Resumed(other, Run, "--steps", "4"));
        Assert.That(run.Told, Does.Contain("Resuming after step 3").And.Contain(Told));
        Assert.That(run.Status, Is.Zero);
    }

    [Test]
    public void AMissingFileIsNamed()
    {
        string file = Path.Combine(Checkpoint, "discriminator.safetensors");
        File.Delete(file);
        Refuses($"{file}: Could not find file");
    }

    [Test]
    public void WeightsOfAnotherPresetAreNamed()
    {
        string state = Path.Combine(Checkpoint, State);
        File.WriteAllText(state, File.ReadAllText(state).Replace("\"tiny\"", "\"small\"", StringComparison.Ordinal));
        Refuses($"{Path.Combine(Checkpoint, "generator.safetensors")}: expected preset 'small', got 'tiny'");
    }

    [Test]
    public void AnotherPresetCannotBeAskedFor() => CommandRun.Refuses(
        "--preset cannot be changed with --resume", ExitCode.Failure,
        SmallTraining.Resumed(Data, Run, "--preset", "small"));

    [TestCase("{", "is damaged: ")]
    [TestCase("null", "is damaged: it is empty")]
    [TestCase("{}", "is damaged: preset or options missing")]
    [TestCase("{\"Step\":1,\"Preset\":\"tiny\",\"Options\":null}", "is damaged: preset or options missing")]
    [TestCase(
        "{\"Step\":1,\"Preset\":\"tiny\",\"Options\":{\"BatchSize\":0,\"Accumulate\":0}}",
        "is damaged: a batch of 0 clips cannot be split into 0 equal parts")]
    [TestCase(
        "{\"Step\":-1,\"Preset\":\"tiny\",\"Options\":{}}", "is damaged: step -1 and clip 0 must not be negative")]
    public void ADamagedStateIsNamed(string text, string message)
    {
        File.WriteAllText(Path.Combine(Checkpoint, State), text);
        Refuses($"{Path.Combine(Checkpoint, State)} {message}");
    }

    [TestCase("\"Step\": 2", "\"Stap\": 2", "unexpected JSON at line 2, byte 9")]
    [TestCase("\"Step\": 2", "\"Step\": 3", "its step is 3")]
    [TestCase(
        "\"GeneratorRate\": 0.003", "\"GeneratorRate\": \"NaN\"",
        "GeneratorRate must be finite and not negative")]
    [TestCase(
        "\"R1Interval\": 16", "\"R1Interval\": -16",
        "R1Interval -16 and AverageWarmup 25000 must not be negative")]
    [TestCase(
        "\"Beta2\": 0.99", "\"Beta2\": 1", "Beta2 must be less than 1, AverageBeta and MagnitudeBeta at most 1")]
    public void AStateThatWasChangedIsNamedWithTheCheckpointBefore(string old, string @new, string message)
    {
        string state = Path.Combine(Checkpoint, State);
        string text = File.ReadAllText(state);
        Assert.That(text, Does.Contain(old));
        File.WriteAllText(state, text.Replace(old, @new, StringComparison.Ordinal));
        Refuses($"{state} is damaged: {message}; remove {Checkpoint} to resume from checkpoint-00000001");
    }

    [Test]
    public void AFolderOfAnotherNameIsNoCheckpoint()
    {
        Directory.CreateDirectory(Path.Combine(Run, "checkpoint-old"));
        Assert.That(LowResolutionCheckpoint.Newest(Run), Is.EqualTo(Checkpoint));
    }

    [Test]
    public void ALogWithoutACheckpointIsNotOverwritten()
    {
        foreach (string checkpoint in Directory.GetDirectories(Run, "checkpoint-*")) Directory.Delete(checkpoint, true);
        string log = File.ReadAllText(Path.Combine(Run, "log.jsonl"));
        CommandRun.Refuses(
            $"{Run} contains the log of a run without a checkpoint; remove it or choose another --out",
            ExitCode.Failure,
            SmallTraining.New(Data, Run));
        Assert.That(File.ReadAllText(Path.Combine(Run, "log.jsonl")), Is.EqualTo(log));
    }

    [Test]
    public void AFolderIsNoSafetensorsFile() => CommandRun.Refuses(
        $"{Checkpoint}: is a folder; expected a file", ExitCode.Failure,
        "checkpoint", "inspect", Checkpoint);

    private static void Flip(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        bytes[^7] ^= 4;
        File.WriteAllBytes(file, bytes);
    }

    private void Refuses(params string[] texts)
    {
        string log = File.ReadAllText(Path.Combine(Run, "log.jsonl"));
        foreach (string text in texts)
        {
            CommandRun.Refuses(text, ExitCode.Failure, SmallTraining.Resumed(Data, Run, "--steps", "3"));
        }

        Assert.That(File.ReadAllText(Path.Combine(Run, "log.jsonl")), Is.EqualTo(log), "the log stays as it was");
        Assert.That(Directory.GetDirectories(Run, "checkpoint-*"), Has.Length.EqualTo(2));
    }
}
