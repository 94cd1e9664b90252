using System.ComponentModel;
using System.Diagnostics;

namespace GenKernels.Train.Video;

/// <summary>One run of a video program, whose standard streams carry frames.</summary>
internal sealed class ToolProcess : IDisposable
{
    private readonly Process _process;
    private string _lastError = "";
    private bool _disposed;

    private ToolProcess(Process process)
    {
        _process = process;
        _process.ErrorDataReceived += (_, line) => Remember(line.Data);
        _process.BeginErrorReadLine();
    }

    /// <summary>What the program reads.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>What the program writes.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <param name="program">A name on PATH or a path.</param>
    /// <param name="arguments">Passed as they are; no shell is between.</param>
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

    /// <summary>Waits for the end of the program.</summary>
    /// <param name="subject">The file it works on, for the message.</param>
    /// <exception cref="VideoException">The program reports a failure.</exception>
    public void WaitForSuccess(string subject)
    {
        _process.WaitForExit();
        if (_process.ExitCode == 0) return;
        string reason = _lastError.Length > 0 ? _lastError : $"exit status {_process.ExitCode}";
        throw new VideoException($"{subject}: {Path.GetFileName(_process.StartInfo.FileName)} failed: {reason}");
    }

    /// <summary>Ends the program if it still runs.</summary>
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
        if (!string.IsNullOrWhiteSpace(line)) _lastError = line.Trim();
    }
}
