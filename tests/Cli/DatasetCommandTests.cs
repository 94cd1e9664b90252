using System.Text.Json;
using GenKernels.Cli;
using GenKernels.Tests.Train.Video;

namespace GenKernels.Tests.Cli;

public sealed class DatasetCommandTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeAFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveTheFolder() => _folder.Dispose();

    [Test]
    public async Task ADatasetIsMadeAndInspected()
    {
        Directory.CreateDirectory(_folder.File("in"));
        File.Copy(Assets.Drive, _folder.File("in/drive.mp4"));
        await File.WriteAllTextAsync(_folder.File("in/broken.mp4"), "no video");
        string[] folders = [_folder.File("in"), _folder.File("out")];
        string[] make = ["dataset", "from-videos", .. folders, "--trim-end", "8", "--width", "32"];
        CommandLineRun made = await CommandLineRun.Of(make);
        Assert.That(made.Status, Is.EqualTo(ExitCode.Success), made.Error);
        Assert.That(made.Output, Does.StartWith("1 video, 21 frames of 32 x 36 in "));
        Assert.That(made.Output, Does.Contain("; 1 video skipped"));
        Assert.That(made.Error, Does.StartWith("gk: skipped broken.mp4: "));

        CommandLineRun again = await CommandLineRun.Of(make);
        Assert.That(again.Status, Is.EqualTo(ExitCode.Failure));
        Assert.That(again.Error, Does.Contain("already contains dataset.json"));
        Assert.That((await CommandLineRun.Of([.. make, "--overwrite"])).Status, Is.EqualTo(ExitCode.Success));

        CommandLineRun text = await CommandLineRun.Of("dataset", "inspect", _folder.File("out"));
        Assert.That(text.Output, Does.Contain("32 x 36, 1 video, 21 frames, 1 zip, ").And.Contain("drive.mp4"));
        CommandLineRun json = await CommandLineRun.Of("dataset", "inspect", _folder.File("out"), "--json");
        JsonElement video = json.Json[0].GetProperty("videos")[0];
        Assert.That(video.GetProperty("frameCount").GetInt32(), Is.EqualTo(21));
        Assert.That(video.GetProperty("frameRate").GetDouble(), Is.EqualTo(25));
    }

    [Test]
    public async Task WhereNothingCanBeDecodedNoFolderIsMade()
    {
        Directory.CreateDirectory(_folder.File("in"));
        await File.WriteAllTextAsync(_folder.File("in/broken.mp4"), "no video");
        CommandLineRun run = await CommandLineRun.Of("dataset", "from-videos", _folder.File("in"), _folder.File("out"));
        Assert.That(run.Status, Is.EqualTo(ExitCode.Failure));
        Assert.That(run.Error, Does.Contain("no video can be decoded (1 tried); the first, broken.mp4: "));
        Assert.That(_folder.File("out"), Does.Not.Exist);
    }

    [Test]
    public async Task AFolderWithoutADatasetIsBadInput()
    {
        CommandLineRun run = await CommandLineRun.Of("dataset", "inspect", _folder.Path);
        Assert.That(run.Status, Is.EqualTo(ExitCode.Failure));
        Assert.That(run.Error, Does.Contain("no data set found"));
    }
}
