using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace GenKernels.Train.Video;

/// <summary>One run of a video program; its standard streams carry frames.</summary>
internal sealed partial class ToolProcess : IDisposable
{
    private readonly Process _process;
    private string _firstError = "";
    private int _errorCount;
    private bool _disposed;

    private ToolProcess(Process process)
    {
        _process = process;
        _process.ErrorDataReceived += (_, line) => Remember(line.Data);
        _process.BeginErrorReadLine();
    }

    /// <summary>The program's standard input.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>The program's standard output.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>What it wrote to its error stream, in one line; null for nothing. Known when it has ended.</summary>
    public string? Errors => _errorCount switch
    {
        0 => null,
        1 => _firstError,
        _ => $"{_errorCount} errors, the first: {_firstError}",
    };

    /// <param name="program">A name on PATH or a path.</param>
    /// <param name="arguments">Passed verbatim, without a shell.</param>
    /// <exception cref="VideoToolMissingException">The program cannot be started.</exception>
    public static ToolProcess Start(string program, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        try
        {
            return new ToolProcess(Process.Start(start)!);
        }
        catch (Win32Exception fault)
        {
            throw new VideoToolMissingException(program, fault);
        }
    }

    /// <summary>Waits for the program to end.</summary>
    /// <param name="subject">The file it works on, for the message.</param>
    /// <param name="isSilent">Whether any output on its error stream is a failure: <c>ffmpeg</c> exits with 0 even if
    /// the disk was too full for the end of its file.</param>
    /// <exception cref="VideoException">The program reports a failure.</exception>
    public void WaitForSuccess(string subject, bool isSilent = false)
    {
        _process.WaitForExit();
        if (_process.ExitCode == 0 && !(isSilent && _errorCount > 0)) return;
        string reason = _errorCount > 0 ? _firstError : $"exit status {_process.ExitCode}";
        throw new VideoException($"{subject}: {Path.GetFileName(_process.StartInfo.FileName)} failed: {reason}");
    }

    /// <summary>Kills the program if it is still running.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }
        _process.Dispose();
    }

    private void Remember(string? line)
    {
        if (string.IsNullOrWhiteSpace(line)) return;
        if (_errorCount == 0) _firstError = Address().Replace(line.Trim(), "${part}: ");
        _errorCount++;
    }

    /// <summary>Precedes what a part of ffmpeg reports: <c>[h264 @ 0x55e1c8a3b2c0] </c>.</summary>
    [GeneratedRegex(@"^\[(?<part>[^@\]]+) @ (0x)?[0-9a-f]+\] ")]
    private static partial Regex Address();
}
