using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using GenKernels.Runtime;
using GenKernels.Runtime.Interop;

namespace GenKernels.Benchmarks.Comparison;

/// <summary>PyTorch in a separate process, which waits for commands and answers each with a line of JSON.</summary>
internal sealed class PeerProcess : IDisposable
{
    private static readonly TimeSpan s_longestAnswer = TimeSpan.FromMinutes(BenchmarkDevice.IsGpu ? 2 : 10);
    private static readonly TimeSpan s_longestEnd = TimeSpan.FromSeconds(5);
    private static readonly string[] s_interpreters = ["python3", "/usr/bin/python3", "python"];

    private readonly Process _process;

    private PeerProcess(Process process)
    {
        _process = process;
        Description = Answer();
    }

    /// <summary>Whether the process has ended and takes no more commands.</summary>
    internal bool HasEnded { get; private set; }

    /// <summary>Versions, device and threads, as reported by the peer.</summary>
    internal JsonElement Description { get; }

    /// <returns>The started peer.</returns>
    /// <param name="device">The measured device: a GPU, or else the CPU.</param>
    /// <exception cref="PeerException">PyTorch is not installed, or does not support this device.</exception>
    internal static PeerProcess Start(Device device)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "Peers", "run.py");
        if (!File.Exists(script)) throw new PeerException($"no {script}");
        bool isGpu = device.Kind == DeviceKind.Cuda;
        string torchDevice = isGpu ? device.Name : "cpu";
        string check = isGpu
            ? "import torch; assert torch.cuda.is_available(), 'PyTorch finds no GPU'"
            : "import torch";
        string python = Interpreter(check);
        string threads =
            (isGpu ? Environment.ProcessorCount : device.ProcessorCount).ToString(CultureInfo.InvariantCulture);
        Process process =
            Launch(python, [script, "--serve", "--device", torchDevice, "--threads", threads], hasInput: true);
        return new PeerProcess(process);
    }

    /// <returns>The answer.</returns>
    /// <param name="command">One line.</param>
    /// <exception cref="PeerException">The peer failed, ended or took too long.</exception>
    internal JsonElement Ask(string command)
    {
        try
        {
            _process.StandardInput.WriteLine(command);
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            throw Ended("PyTorch's process has ended");
        }

        return Answer();
    }

    /// <summary>Closes the process's input, at which it exits; kills it if it does not.</summary>
    public void Dispose()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The process has already ended.
        }

        if (!_process.WaitForExit(s_longestEnd)) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private static string Interpreter(string check)
    {
        List<string> reasons = [];
        foreach (string candidate in s_interpreters)
        {
            try
            {
                using Process process = Launch(candidate, ["-c", check], hasInput: false);
                Task<string> error = process.StandardError.ReadToEndAsync();
                process.StandardOutput.ReadToEnd();
                process.WaitForExit();
                if (process.ExitCode == 0) return candidate;
                reasons.Add($"{candidate}: {error.Result.Trim().Split('\n')[^1]}");
            }
            catch (Win32Exception)
            {
                reasons.Add($"{candidate}: not there");
            }
        }

        throw new PeerException($"no PyTorch ({string.Join("; ", reasons)})");
    }

    private static Process Launch(string program, string[] arguments, bool hasInput)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = hasInput,
            RedirectStandardOutput = true,
            RedirectStandardError = !hasInput,
        };
        // PyTorch's OpenBLAS gets the same processor setting as ours.
        if (OpenBlasProcessor.Core is { } core) start.Environment[OpenBlasProcessor.Variable] = core;
        return Process.Start(start)!;
    }

    private JsonElement Answer()
    {
        using CancellationTokenSource patience = new(s_longestAnswer);
        string? line;
        try
        {
            line = _process.StandardOutput.ReadLineAsync(patience.Token).AsTask().GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            // A late answer would be taken for the answer to the next command.
            _process.Kill(entireProcessTree: true);
            throw Ended($"PyTorch did not answer within {s_longestAnswer.TotalMinutes:0} minutes");
        }

        if (line is null) throw Ended("PyTorch's process has ended");
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement answer = document.RootElement.Clone();
        if (answer.TryGetProperty("isLast", out _)) HasEnded = true;
        if (answer.TryGetProperty("error", out JsonElement error)) throw new PeerException(error.GetString()!);
        return answer;
    }

    private PeerException Ended(string how)
    {
        HasEnded = true;
        return new PeerException(how);
    }
}
