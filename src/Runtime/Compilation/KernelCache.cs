using System.Diagnostics;
using System.IO.Hashing;
using System.Text;

namespace GenKernels.Runtime;

/// <summary>
/// Compiled code on disk. The key covers everything that the code depends on; an entry carries its own hash and is
/// written to a temporary file and renamed, so that a reader sees it whole or not at all, and a damaged one is rebuilt.
/// </summary>
public sealed class KernelCache
{
    private const int TrailerSize = 24;
    private readonly Lock _counts = new();
    private static readonly byte[] s_magic = "GKCACHE1"u8.ToArray();

    /// <param name="folder">
    /// Created when first needed. By default <c>GENKERNELS_CACHE</c>, else the user's cache folder.
    /// </param>
    public KernelCache(string? folder = null) => Folder = folder ?? DefaultFolder();

    /// <summary>The folder that holds the entries.</summary>
    public string Folder { get; }

    /// <summary>Entries found intact so far.</summary>
    public int Hits { get; private set; }

    /// <summary>Entries compiled so far because they were missing or damaged.</summary>
    public int Misses { get; private set; }

    /// <returns>The key of all parts together, in hexadecimal.</returns>
    public static string Key(params ReadOnlySpan<string> parts)
    {
        // Not a cryptographic hash: .NET's need OpenSSL, which a bare machine may lack.
        XxHash128 hash = new();
        foreach (string part in parts)
        {
            hash.Append(Encoding.UTF8.GetBytes(part));
            hash.Append([0]);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Finds an entry, or compiles and stores it.</summary>
    /// <param name="key">From <see cref="Key"/>.</param>
    /// <param name="extension">
    /// The file's extension, such as <c>.so</c>; the platform's loader may insist on it.
    /// </param>
    /// <param name="compile">Writes the compiled code to a given path.</param>
    /// <returns>The path of an intact entry: the compiled code, followed by a short trailer.</returns>
    /// <exception cref="IOException">The folder cannot be created or written, or the disk is full.</exception>
    public string GetOrCompile(string key, string extension, Action<string> compile)
    {
        string path = Path.Combine(Folder, key + extension);
        if (IsWhole(path))
        {
            lock (_counts) Hits++;
            RuntimeMeter.CountCacheHit();
            return path;
        }

        long started = Stopwatch.GetTimestamp();
        try
        {
            Store(key, path, compile);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"cannot write to the kernel cache {Folder}: {fault.Message}; set GENKERNELS_CACHE to another folder",
                fault);
        }

        lock (_counts) Misses++;
        RuntimeMeter.CountCompilation(Stopwatch.GetElapsedTime(started));
        return path;
    }

    /// <returns>The compiled code of an entry, without its trailer.</returns>
    public static byte[] ReadCode(string path) => File.ReadAllBytes(path)[..^TrailerSize];

    private void Store(string key, string path, Action<string> compile)
    {
        Directory.CreateDirectory(Folder);

        // Not the process id: two containers that share a folder may have the same.
        string writer = Path.GetRandomFileName();
        string temporary = Path.Combine(Folder, $".{key}.{writer}{Path.GetExtension(path)}");
        try
        {
            File.WriteAllBytes(temporary, []);  // fails before the compiler is started where the folder takes no files
            compile(temporary);
            AppendTrailer(temporary);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            if (File.Exists(temporary)) File.Delete(temporary);
        }
    }

    private static string DefaultFolder()
    {
        string? named = Environment.GetEnvironmentVariable("GENKERNELS_CACHE");
        if (!string.IsNullOrEmpty(named)) return named;
        string? caches = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (string.IsNullOrEmpty(caches))
        {
            caches = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        }

        return Path.Combine(caches, "genkernels");
    }

    private static bool IsWhole(string path)
    {
        if (!File.Exists(path)) return false;
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;  // removed meanwhile, or damaged: it is compiled anew
        }

        if (bytes.Length < TrailerSize) return false;
        ReadOnlySpan<byte> trailer = bytes.AsSpan(bytes.Length - TrailerSize);
        return trailer[..8].SequenceEqual(s_magic)
            && trailer[8..].SequenceEqual(XxHash128.Hash(bytes.AsSpan(0, bytes.Length - TrailerSize)));
    }

    private static void AppendTrailer(string path)
    {
        byte[] hash = XxHash128.Hash(File.ReadAllBytes(path));
        using FileStream stream = new(path, FileMode.Append);
        stream.Write(s_magic);
        stream.Write(hash);
        stream.Flush(flushToDisk: true);
    }
}
