namespace GenKernels.Tests.Train.Video;

/// <summary>The real clips that come with the repository.</summary>
public static class Assets
{
    /// <summary>The first-person drive: 221 frames of 320x180 at 25 frames per second.</summary>
    public static string Drive => At("drive.mp4");

    /// <summary>The aerial coast: 362 frames of 320x180 at 30000/1001 frames per second.</summary>
    public static string Coast => At("coast.mp4");

    private static string At(string name)
    {
        DirectoryInfo? folder = new(TestContext.CurrentContext.TestDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "GenKernels.sln"))) folder = folder.Parent;
        return Path.Combine(folder.FullName, "assets", name);
    }
}
