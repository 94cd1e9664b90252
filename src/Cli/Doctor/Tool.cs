using System.ComponentModel;
using System.Diagnostics;
using GenKernels.Runtime;
using GenKernels.Train.Video;

namespace GenKernels.Cli.Doctor;

/// <summary>External programs, and the library for pictures.</summary>
internal static class Tool
{
    private const int PatienceInMilliseconds = 10_000;

    internal static IReadOnlyList<Finding> FindAll() =>
    [
        FindProgram("ffmpeg", VideoTools.OnPath.Ffmpeg, "-version"),
        FindProgram("ffprobe", VideoTools.OnPath.Ffprobe, "-version"),
        FindVips(),
    ];

    /// <returns>The compiler that the CPU devices use.</returns>
    internal static Finding CppCompiler()
    {
        using HostDevice host = new();
        IReadOnlyList<string> command = host.CompilerCommand;
        string? version = command.Count > 0 ? FirstLine(command[0], [.. command.Skip(1), "--version"]) : null;
        return version is null
            ? new Finding("C++ compiler", false, null, "install g++ or clang++, or set GENKERNELS_CXX to one")
            : new Finding("C++ compiler", true, $"{string.Join(' ', command)}: {version}", null);
    }

    private static Finding FindProgram(string name, string program, string argument)
    {
        string? version = FirstLine(program, [argument])?.Split(" Copyright")[0];
        const string Advice = "install ffmpeg (Debian, Ubuntu: apt install ffmpeg) and put it on PATH";
        return new Finding(name, version is not null, version, version is null ? Advice : null);
    }

    private static Finding FindVips()
    {
        try
        {
            string version = string.Join('.', Enumerable.Range(0, 3).Select(part => NetVips.NetVips.Version(part)));
            return new Finding("libvips", true, version, null);
        }
        catch (Exception failure) when (failure is DllNotFoundException or TypeInitializationException)
        {
            return new Finding("libvips", false, null, "install libvips (Debian, Ubuntu: apt install libvips42)");
        }
    }

    /// <returns>The first line that the program prints, or null if it cannot be started, fails or hangs.</returns>
    private static string? FirstLine(string program, string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            Task<string> text = process.StandardOutput.ReadToEndAsync();
            if (text.Wait(PatienceInMilliseconds) && process.WaitForExit(PatienceInMilliseconds))
            {
                return process.ExitCode == 0 ? text.Result.Split('\n')[0].Trim() : null;
            }

            process.Kill(entireProcessTree: true);
            return null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
