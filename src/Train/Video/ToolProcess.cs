using System.ComponentModel;
using System.Diagnostics;

namespace GenKernels.Train.Video;

/// <summary>One run of a video program; its standard streams carry frames.</summary>
internal sealed class ToolProcess : IDisposable
{
    private readonly Process _process;
    private string _firstError = "", _lastError = "";
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
        string said = isSilent ? _firstError : _lastError;
        if (_process.ExitCode == 0 && !(isSilent && said.Length > 0)) return;
        string reason = said.Length > 0 ? said : $"exit status {_process.ExitCode}";
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
        _lastError = line.Trim();
        if (_firstError.Length == 0) _firstError = _lastError;
    }
}
