using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using GenKernels.Train.LongVideo;
using GenKernels.Train.Video;

namespace GenKernels.Tests.Train.LongVideo;

/// <summary>The command, in processes of its own.</summary>
public sealed class KilledRunTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    [Test]
    public void AProcessThatIsKilledInAStepIsResumedToTheSameBits()
    {
        using TemporaryFolder data = new(), killed = new(), whole = new();
        WriteDataset(data);
        using (Process victim = Start(data.Path, killed.Path, "--preset", "tiny", "--batch", "1", "--steps", "1000"))
        {
            WaitForCheckpoint(killed.Path, step: 2, victim);
            victim.Kill();  // SIGKILL: nothing is tidied up
            victim.WaitForExit();
        }

        long steps = LowResolutionCheckpoint.Read(LowResolutionCheckpoint.Newest(killed.Path)!).Step + 1;
        Finish(data.Path, killed.Path, "--resume", "--steps", $"{steps}");
        Finish(data.Path, whole.Path, "--preset", "tiny", "--batch", "1", "--steps", $"{steps}");
        SmallestRun.AssertSame(
            LowResolutionCheckpoint.Newest(killed.Path)!, expected: LowResolutionCheckpoint.Newest(whole.Path)!);
    }

    private static void WriteDataset(TemporaryFolder folder)
    {
        string place = Directory.CreateDirectory(folder.File("0036x0064")).FullName;
        using ZipArchive zip = ZipFile.Open(Path.Combine(place, "partition_0000.zip"), ZipArchiveMode.Create);
        string[] names = [.. Enumerable.Range(0, 20).Select(frame => $"frame_{frame:000000}.jpg")];
        for (int frame = 0; frame < names.Length; frame++)
        {
            byte[] rgb = new byte[36 * 64 * 3];
            for (int i = 0; i < rgb.Length; i++) rgb[i] = (byte)((i / 3 % 64 * 2) + (5 * frame));
            Write(zip, $"ramp/{names[frame]}", RgbImage.EncodeJpeg(rgb, 64, 36));
        }

        string list = string.Join(", ", names.Select(name => $"\"{name}\""));
        Write(zip, "frame_paths.json", Encoding.UTF8.GetBytes($"{{\"ramp\": [{list}]}}"));
    }

    private static void Write(ZipArchive zip, string name, byte[] content)
    {
        using Stream stream = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
        stream.Write(content);
    }

    private static Process Start(string data, string run, params string[] others)
    {
        string[] arguments =
        [
            "train", "long-video-lowres", "--data", data, "--out", run, "--device", TestDevices.Usual.Name,
            "--checkpoint-every", "1", .. others,
        ];
        ProcessStartInfo start = OwnProgram.Start("GenKernels.Cli", arguments);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        return Process.Start(start)!;
    }

    private static void Finish(string data, string run, params string[] others)
    {
        using Process process = Start(data, run, others);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, errors.Result);
    }

    private static void WaitForCheckpoint(string run, long step, Process process)
    {
        long begun = Stopwatch.GetTimestamp();
        while (!Directory.Exists(Path.Combine(run, $"checkpoint-{step:D8}")))
        {
            Assert.That(process.HasExited, Is.False, () => process.StandardError.ReadToEnd());
            Assert.That(Stopwatch.GetElapsedTime(begun), Is.LessThan(s_patience), "a checkpoint was written");
            Thread.Sleep(50);
        }
    }
}
