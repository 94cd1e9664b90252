using System.Diagnostics;

namespace GenKernels.Tests.Support;

/// <summary>A file system of its own in memory that is small, full or read-only, as a test wants it.</summary>
/// <remarks>Where the system lets nobody mount one, the test is ignored and says so.</remarks>
public sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <param name="kilobytes">Its size.</param>
    public SmallDisk(int kilobytes)
    {
        string? fault = Mount("-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs", _folder.Path);
        if (fault is null) return;
        _folder.Dispose();
        Assert.Ignore($"no small file system can be mounted here: {fault}");
    }

    /// <returns>The full path of <paramref name="name"/> on the disk; nothing is made.</returns>
    public string File(string name) => _folder.File(name);

    /// <returns>Every file on the disk with its path below it, sorted.</returns>
    public string[] Files() =>
    [
        .. Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(_folder.Path, file)).Order(StringComparer.Ordinal),
    ];

    /// <summary>Nothing can be written from now on, not by root either.</summary>
    public void MakeReadOnly() => Assert.That(Mount("-o", "remount,ro", _folder.Path), Is.Null);

    /// <inheritdoc/>
    public void Dispose()
    {
        Assert.That(Run("umount", _folder.Path), Is.Null);
        _folder.Dispose();
    }

    private static string? Mount(params string[] arguments) => Run("mount", arguments);

    private static string? Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : error.Trim();
    }
}
