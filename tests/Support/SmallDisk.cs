using System.Diagnostics;

namespace GenKernels.Tests.Support;

/// <summary>A small in-memory file system that a test can fill or make read-only.</summary>
/// <remarks>If the system does not allow mounting one, the test is ignored with that reason.</remarks>
public sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <param name="kilobytes">Size of the file system.</param>
    public SmallDisk(int kilobytes)
    {
        string? fault = Mount("-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs", _folder.Path);
        if (fault is null) return;
        _folder.Dispose();
        Assert.Ignore($"no small file system can be mounted here: {fault}");
    }

    /// <returns>The full path of <paramref name="name"/> on the disk; nothing is created.</returns>
    public string File(string name) => _folder.File(name);

    /// <returns>Relative path of every file on the disk, sorted.</returns>
    public string[] Files() =>
    [
        .. Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(_folder.Path, file)).Order(StringComparer.Ordinal),
    ];

    /// <summary>Makes the disk read-only, even for root.</summary>
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
