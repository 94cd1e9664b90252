namespace GenKernels.Cli.Demo;

/// <summary>The video that a demonstration learns from.</summary>
/// <param name="Path">Path of the file.</param>
/// <param name="Credit">Author and licence; null for a clip that the user named.</param>
internal sealed record DemoClip(string Path, string? Credit)
{
    private const string ShippedClip = "assets/drive.mp4";
    private const string ShippedCredit =
        "Clip: assets/drive.mp4, from udacity/CarND-LaneLines-P1, © 2016-2018 Udacity, Inc., MIT.";

    /// <param name="given">Path that the user named; null for the clip that comes with the repository.</param>
    /// <exception cref="CommandException">There is no such file.</exception>
    internal static DemoClip Find(string? given)
    {
        if (given is not null)
        {
            return File.Exists(given)
                ? new DemoClip(given, null)
                : throw new CommandException($"{given}: no such clip");
        }

        // The program lies below the repository's root; a copy elsewhere may still be run from inside it.
        string? found = Above(AppContext.BaseDirectory) ?? Above(Environment.CurrentDirectory);
        return found is null
            ? throw new CommandException($"no {ShippedClip} above {AppContext.BaseDirectory}; pass a video with --clip")
            : new DemoClip(found, ShippedCredit);
    }

    private static string? Above(string start)
    {
        for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
        {
            string path = System.IO.Path.Combine(folder.FullName, ShippedClip);
            if (File.Exists(path)) return path;
        }

        return null;
    }
}
