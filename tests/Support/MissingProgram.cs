namespace GenKernels.Tests.Support;

/// <summary>The external programs that tests start, and the messages by which a failure shows that one is
/// missing.</summary>
internal static class MissingProgram
{
    /// <summary>Why kernels cannot run on the CPU of this machine.</summary>
    internal const string Compiler = "no C++ compiler found";

    private static readonly (string Sign, string Reason, Func<bool> IsThere)[] s_programs =
    [
        (Compiler, Compiler, () => TestDevices.IsCpuChosen || HostCompiler.Find() is not []),
        ("'ffmpeg'", "there is no ffmpeg on the path", () => IsOnPath("ffmpeg")),
        ("start process 'kill'", "there is no kill on the path", () => IsOnPath("kill")),
        ("'ffprobe'", "there is no ffprobe on the path", () => IsOnPath("ffprobe")),
    ];

    /// <returns>The missing program that a failed test's message blames; null for none.</returns>
    internal static string? Blamed(string? message) => s_programs
        .Where(program => message?.Contains(program.Sign, StringComparison.Ordinal) == true && !program.IsThere())
        .Select(program => program.Reason).FirstOrDefault();

    private static bool IsOnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
