using System.Text.Json;
using GenKernels.Cli;
using GenKernels.Cli.Profiling;

namespace GenKernels.Tests.Cli;

public sealed class ProfileCommandTests
{
    private static readonly string[] s_step =
        ["profile", "train", "long-video-lowres", "--preset", "tiny", "--device", "host", "--steps", "2"];

    private TemporaryFolder _folder = null!;

    [OneTimeSetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [OneTimeTearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void HelpHasExamplesAndTraces([Values("train long-video-lowres", "generate video", "kernel")] string name)
    {
        CommandRun run = CommandRun.Of(["profile", .. name.Split(' '), "--help"]);
        Assert.That(run.Status, Is.EqualTo(ExitCode.Success));
        Assert.That(run.Output, Does.Contain("Examples:").And.Contain("--trace <file>"));
        Assert.That(run.Output, Does.Match("--stack-trace +Print the stack trace of a failure"));
    }

    [TestCase("generator")]
    [TestCase("all")]
    public void RowsAddUpToTheStepsTime(string phase)
    {
        JsonElement result = Json([.. s_step, "--phase", phase, "--json"]);
        double rows = result.GetProperty("rows").EnumerateArray().Sum(row => row.GetProperty("seconds").GetDouble());
        double step = result.GetProperty("stepSeconds").GetDouble();
        Assert.That(rows, Is.EqualTo(step).Within(1e-9).Percent);  // sums of the same times
        Assert.That(step, Is.LessThanOrEqualTo(result.GetProperty("wallSeconds").GetDouble()));
        JsonElement[] kernels =
        [
            .. result.GetProperty("rows").EnumerateArray()
                .Where(row => !row.GetProperty("name").GetString()!.StartsWith('(')),
        ];
        Assert.That(kernels, Has.Length.GreaterThan(10));
        Assert.That(kernels.Select(row => row.GetProperty("bytes").GetDouble()), Is.All.Positive);
        Assert.That(kernels.Sum(row => row.GetProperty("seconds").GetDouble()), Is.GreaterThan(0.5 * step));
        Assert.That(
            result.GetProperty("parts").EnumerateArray().Select(part => part.GetProperty("name").GetString()),
            Does.Contain("generator step").And.Contain("gradients"));
        Assert.That(result.GetProperty("ceiling").GetProperty("bytesPerSecond").GetDouble(), Is.Positive);
    }

    [Test]
    public void PeopleReadATableAndTheTraceIsOneOfEveryLaunch()
    {
        string path = _folder.File("trace.json");
        CommandRun run = CommandRun.Of([.. s_step, "--phase", "average", "--by", "kernel", "--trace", path]);
        Assert.That(run.Status, Is.EqualTo(ExitCode.Success), run.Error);
        Assert.That(run.Output, Does.Contain("(outside kernels)").And.Contain("Lerp").And.Contain("of ceiling"));
        Assert.That(run.Output, Does.Contain("The rows sum to").And.Contain("moving average"));
        using JsonDocument trace = JsonDocument.Parse(File.ReadAllText(path));
        Assert.That(
            trace.RootElement.GetProperty("traceEvents").EnumerateArray()
                .Select(entry => entry.GetProperty("name").GetString()),
            Does.Contain("Lerp").And.Contain("step 2").And.Contain("moving average"));
    }

    [Test]
    public void ThePrecisionIsToldAndProfiled()
    {
        CommandRun run = CommandRun.Of(
            [.. s_step, "--phase", "generator", "--warm-up", "0", "--precision", "bf16", "--json"]);
        Assert.That(run.Status, Is.EqualTo(ExitCode.Success), run.Error);
        Assert.That(run.Told, Does.Contain("precision bf16 (activations of 16 bits"));
        JsonElement result = JsonDocument.Parse(run.Output).RootElement;
        Assert.That(result.GetProperty("precision").GetString(), Is.EqualTo("bf16"));
        Assert.That(
            result.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("name").GetString()),
            Does.Contain("Cast"));
    }

    [Test]
    public void TheMemoryOfARecordedStepIsDrawn()
    {
        string folder = _folder.File("memory");
        CommandRun run = CommandRun.Of([.. s_step, "--phase", "average", "--memory", folder]);
        Assert.That(run.Status, Is.EqualTo(ExitCode.Success), run.Error);
        Assert.That(run.Output, Does.Contain("average: "));
        string picture = File.ReadAllText(Path.Combine(folder, "average.svg"));
        Assert.That(picture, Does.StartWith("<svg").And.Contain("</svg>"));
        JsonElement parts = Json([.. s_step, "--phase", "penalty", "--memory", folder, "--json"]);
        Assert.That(parts[0].GetProperty("name").GetString(), Is.EqualTo("penalty"));
        Assert.That(
            parts[0].GetProperty("arenaBytes").GetInt64(),
            Is.GreaterThanOrEqualTo(parts[0].GetProperty("lowerBound").GetInt64()).And.Positive);
    }

    [Test]
    public void ReplaysTellTheTimeInKernels()
    {
        JsonElement[] parts = [.. Json([.. s_step, "--replay", "--json"]).EnumerateArray()];
        Assert.That(
            parts.Select(part => part.GetProperty("name").GetString()),
            Is.EqualTo(new[] { "generator", "discriminator", "penalty", "average" }));
        foreach (JsonElement part in parts)
        {
            double seconds = part.GetProperty("seconds").GetDouble();
            double inKernels = part.GetProperty("kernelSeconds").GetDouble();
            Assert.That(part.GetProperty("launches").GetInt32(), Is.GreaterThan(10));
            Assert.That(inKernels, Is.Positive.And.LessThan(seconds));
            Assert.That(part.GetProperty("shareOutside").GetDouble(), Is.EqualTo(1 - inKernels / seconds).Within(1e-9));
        }

        CommandRun run = CommandRun.Of([.. s_step, "--phase", "average", "--replay"]);
        Assert.That(run.Status, Is.EqualTo(ExitCode.Success), run.Error);
        Assert.That(run.Output, Does.Contain("in kernels").And.Contain("average").And.Contain("sum"));
    }

    [Test]
    public void MemoryAndReplaysAreSeparateQuestions() => CommandRun.Refuses(
        "--memory and --replay exclude each other", ExitCode.Usage,
        [.. s_step, "--replay", "--memory", _folder.File("none")]);

    [Test]
    public void AFolderOfPicturesThatCannotBeMadeIsRefused()
    {
        string file = _folder.File("file");
        File.WriteAllText(file, "");
        CommandRun run = CommandRun.Of([.. s_step, "--phase", "average", "--memory", file]);
        Assert.That(run.Status, Is.EqualTo(ExitCode.Failure));
        Assert.That(run.Error, Does.Contain(file).And.Contain("cannot create the folder for the pictures"));
    }

    [Test]
    public void AVideoIsProfiledToo()
    {
        JsonElement result = Json(
            "profile", "generate", "video", "--frames", "32", "--steps", "1", "--warm-up", "0", "--device", "host",
            "--by", "shape", "--sort", "name", "--json");
        string[] names =
            [.. result.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("name").GetString()!)];
        Assert.That(names, Is.Ordered.Using((IComparer<string>)StringComparer.Ordinal));
        Assert.That(names, Does.Contain("ConvolutionHost").And.Contain("LowpassBank").And.Contain("(copy to host)"));
    }

    [Test]
    public void AKernelShowsItsLaunchesByShape()
    {
        JsonElement result = Json(
            "profile", "kernel", "lerp", "--phase", "average", "--steps", "1", "--device", "host", "--json");
        JsonElement[] rows = [.. result.GetProperty("rows").EnumerateArray()];
        Assert.That(rows.Select(row => row.GetProperty("name").GetString()), Is.All.EqualTo("Lerp"));
        Assert.That(rows[0].GetProperty("shapes").GetString(), Does.EndWith("[1]"));
    }

    [Test]
    public void AllKernelsAreListed()
    {
        CommandRun run = CommandRun.Of("profile", "kernel");
        Assert.That(run.Status, Is.EqualTo(ExitCode.Success), run.Error);
        Assert.That(run.Output, Does.Contain("Normalization/PixelNorm.cu").And.Contain("ReduceColumns"));
        Assert.That(KernelFiles.All.Select(file => file.Path), Is.Ordered);
        Assert.That(KernelFiles.All.Select(file => (file.Path, file.Variants[0])), Is.Unique);
        Assert.That(run.Output.Split("Convolution/ConvolutionTensor.cu"), Has.Length.EqualTo(2), "once a file");
    }

    [Test]
    public void TheListForProgramsHasWhatTheTableHas()
    {
        CommandRun run = CommandRun.Of("profile", "kernel", "--json");
        JsonElement[] files = [.. JsonDocument.Parse(run.Output).RootElement.EnumerateArray()];
        Assert.That(
            files.Select(file => file.GetProperty("file").GetString()),
            Is.EqualTo(KernelFiles.All.Select(file => file.Path).Distinct()));
        JsonElement norm = files.Single(file => file.GetProperty("file").GetString() == "Normalization/PixelNorm.cu");
        Assert.That(norm.GetProperty("kernels")[0].GetString(), Is.EqualTo("PixelNorm"));
        Assert.That(
            norm.GetProperty("types").EnumerateArray().Select(type => type.GetString()), Does.Contain("float32"));
        Assert.That(norm.GetProperty("variants").GetInt32(), Is.Positive);
    }

    [Test]
    public void CodeIsWrittenAsItIsCompiled()
    {
        string path = _folder.File("code.s");
        CommandRun run = CommandRun.Of(
            "profile", "kernel", "BiasActivation", "--source", "--assembly", "--variant", "LeakyRelu;Order=1",
            "--device", "host", "--out", path);
        Assert.That(run.Status, Is.EqualTo(ExitCode.Success), run.Error);
        Assert.That(run.Output, Does.Contain("Elementwise/BiasActivation.cu for Float32"));
        string text = File.ReadAllText(path);
        Assert.That(text, Does.StartWith("#define Scalar float\n#define Activation LeakyRelu\n#define Order 1\n"));
        Assert.That(text, Does.Contain("// assembly of").And.Contain("BiasActivation_run").And.Contain("\tret"));
    }

    [Test]
    public void AKernelThatIsNotThereOrNotLaunchedIsNamed()
    {
        Refuses("unknown kernel 'Upfirdn3'; 'gk profile kernel' lists all", "profile", "kernel", "Upfirdn3");
        Refuses("similar: DiffAugColor, DiffAugShift", "profile", "kernel", "DiffAug");
        CommandRun run = CommandRun.Of(
            "profile", "kernel", "Upfirdn2d", "--phase", "average", "--steps", "1", "--warm-up", "0", "--device",
            "host");
        Assert.That(run.Status, Is.EqualTo(ExitCode.Failure));
        Assert.That(run.Error, Does.Contain("gk: Filtering/Upfirdn2d.cu is not launched by this work"));
    }

    [TestCase("--phase must be one of generator, discriminator", "--phase", "middle")]
    [TestCase("--by must be one of kernel, variant, shape, got 'file'", "--by", "file")]
    [TestCase("--sort must be one of time", "--sort", "size")]
    [TestCase("unknown preset 'vast'", "--preset", "vast")]
    [TestCase("unknown precision 'FP16'", "--precision", "FP16")]
    [TestCase("--steps must be at least 1", "--steps", "0")]
    [TestCase("--warm-up must be at least 0", "--warm-up", "-1")]
    [TestCase("--batch needs a whole number", "--batch", "two")]
    [TestCase("unknown device 'gpu'", "--device", "gpu")]
    [TestCase("--trace", "--trace")]
    public void ABadOptionIsNamed(string text, params string[] options) =>
        CommandRun.Refuses(text, ExitCode.Usage, ["profile", "train", "long-video-lowres", .. options]);

    [Test]
    public void FilesThatCannotBeMadeAreToldBeforeTheMeasuring()
    {
        string missing = Path.Combine(_folder.File("none"), "trace.json");
        Refuses("does not exist", [.. s_step, "--trace", missing]);
        Refuses("is a folder", [.. s_step, "--trace", _folder.Path]);
        Refuses("no such", [.. s_step, "--data", _folder.File("no-data")]);
    }

    [Test]
    public void OptionsThatDoNotGoTogetherAreRefused()
    {
        Refuses("--type requires --source or --assembly", "profile", "kernel", "Unary", "--type", "Float16");
        Refuses("need the name of a kernel", "profile", "kernel", "--source");
        Refuses("--json cannot be combined with --source", "profile", "kernel", "Unary", "--source", "--json");
        Refuses("not 'Int32'", "profile", "kernel", "Unary", "--source", "--type", "Int32");
        Refuses("has no variant with 'Cube'", "profile", "kernel", "Unary", "--source", "--variant", "Cube");
        Refuses(
            "give one of the two", "profile", "generate", "video", "--preset", "tiny", "--checkpoint", _folder.Path);
    }

    private static void Refuses(string text, params string[] arguments) =>
        CommandRun.Refuses(text, ExitCode.Failure, arguments);

    private static JsonElement Json(params string[] arguments)
    {
        CommandRun run = CommandRun.Of(arguments);
        Assert.That(run.Status, Is.EqualTo(ExitCode.Success), run.Error);
        return JsonDocument.Parse(run.Output).RootElement;
    }
}
