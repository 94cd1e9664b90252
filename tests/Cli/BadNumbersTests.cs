using GenKernels.Cli;
using GenKernels.Tests.Train.Verification;

namespace GenKernels.Tests.Cli;

/// <summary>Impossible sizes are reported before anything is opened or created.</summary>
public sealed class BadNumbersTests
{
    [TestCase("--frames 0", "--frames must be at least 1")]
    [TestCase("--frames -1", "--frames must be at least 1")]
    [TestCase("--frames 99999999999", "--frames must be at most 2147483647")]
    [TestCase("--frames many", "--frames needs a whole number, got 'many'")]
    [TestCase("--frames 1.5", "--frames needs a whole number, got '1.5'")]
    [TestCase("--frames 8 --segment 2147483647", "--segment must be at most 8192")]
    [TestCase("--frames 8 --scale 65", "--scale must be at most 64")]
    [TestCase("--frames 8 --fps 1e-300", "--fps must be at least 0.1")]
    [TestCase("--frames 8 --fps NaN", "--fps must be at least 0.1")]
    [TestCase("--frames 8 --fps 1e9", "--fps must be at most 1000")]
    [TestCase("--frames 99999999999999999999", "--frames must be at most 2147483647")]
    [TestCase("--frames 8 --seed 99999999999999999999", "--seed must be at most 9223372036854775807")]
    [TestCase("--frames 8 --seed x", "--seed needs a whole number, got 'x'")]
    [TestCase("--frames 8 --precision fp8", "unknown precision 'fp8'; expected one of fp32, tf32, bf16, fp16")]
    [TestCase("--frames 8 --device gpu", "unknown device 'gpu'; expected auto, host, simt or cuda:N")]
    public void OfAVideo(string options, string message) =>
        Refuses($"generate video --checkpoint nowhere --out never.mp4 {options}", message);

    [TestCase("--steps 0", "--steps must be at least 1")]
    [TestCase("--steps 99999999999", "--steps must be at most 2147483647")]
    [TestCase("--batch 100000", "--batch must be at most 4096")]
    [TestCase("--batch x", "--batch needs a whole number, got 'x'")]
    [TestCase("--minutes 1e300", "--minutes must be at most 527040")]
    [TestCase("--minutes NaN", "--minutes must be more than 0")]
    [TestCase("--gamma Infinity", "--gamma must be at most 1000000")]
    [TestCase("--gamma much", "--gamma needs a number, got 'much'")]
    [TestCase("--precision half", "unknown precision 'half'; expected one of fp32, tf32, bf16, fp16")]
    [TestCase("--checkpoint-every 0", "--checkpoint-every must be at least 1")]
    public void OfATraining(string options, string message) =>
        Refuses($"train long-video-lowres --data nowhere --out never {options}", message);

    [TestCase("--height 0", "--height must be at least 1")]
    [TestCase("--width 1000000", "--width must be at most 4096")]
    [TestCase("--workers 1e6", "--workers needs a whole number, got '1e6'")]
    [TestCase("--partitions -5", "--partitions must be at least 1")]
    [TestCase("--trim-end Infinity", "--trim-end must be at most 1000000")]
    public void OfADataSet(string options, string message) =>
        Refuses($"dataset from-videos nowhere never {options}", message);

    [Test]
    public void AnEmptyNameIsNoName()
    {
        CommandRun.Refuses(
            "--out must not be empty", ExitCode.Usage,
            "generate", "video", "--checkpoint", "nowhere", "--frames", "8", "--out", "");
        CommandRun.Refuses("DIR must not be empty", ExitCode.Usage, "dataset", "inspect", "");
    }

    [Test]
    public void AGpuIsRefusedInOneLineWhereThereIsNoDriver()
    {
        if (CudaDevice.Enumerate(out _).Count > 0) Assert.Ignore("there is a GPU");
        using TemporaryFolder folder = new();
        CommandRun.Refuses("cuda:0: ", ExitCode.Failure, "verify", GoldenFolder(), "--device", "cuda:0");
        CommandRun run = CommandRun.Of("verify", GoldenFolder(), "--device", "cuda:0");
        Assert.That(run.Error, Has.Length.LessThan(300).And.Not.Contain("tried:"));

        string GoldenFolder()
        {
            CaseFiles.Write(folder.File("a.safetensors"), "[1]", ("x", [1], [1]));
            return folder.Path;
        }
    }

    private static void Refuses(string line, string message)
    {
        CommandRun.Refuses(message, ExitCode.Usage, line.Split(' '));
        Assert.That(Directory.Exists("never") || File.Exists("never.mp4"), Is.False);
    }
}
