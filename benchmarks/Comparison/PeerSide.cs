using System.Text.Json;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Comparison;

/// <summary>The peer, with its process restarted after it has ended: a GPU fault ends the process and must cost only
/// one row.</summary>
internal sealed class PeerSide : IDisposable
{
    private const int MostStarts = 5;

    private readonly Device _device;
    private PeerProcess? _process;
    private int _starts;

    internal PeerSide(Device device)
    {
        _device = device;
        try
        {
            Start();
            Description = _process!.Description;
        }
        catch (PeerException fault)
        {
            Absence = fault.Message;
            Console.Error.WriteLine($"skipped: {Absence}");
        }
    }

    /// <summary>The peer's description of itself; null without a peer.</summary>
    internal JsonElement? Description { get; }

    /// <summary>Why there is no peer; otherwise empty.</summary>
    internal string Absence { get; } = "";

    /// <returns>How the peer will do the work.</returns>
    /// <param name="name">Name of the work.</param>
    /// <param name="recorded">Whether to record many calls, if the peer can.</param>
    /// <exception cref="PeerException">The peer cannot do the work, or has ended too often.</exception>
    internal PeerWork Prepare(string name, bool recorded)
    {
        if (_process!.HasEnded) Start();
        return PeerWork.Read(_process.Ask($"{(recorded ? "record" : "prepare")} {name}"));
    }

    /// <returns>Seconds of one turn.</returns>
    /// <param name="name">Name of prepared work.</param>
    /// <exception cref="PeerException">The peer failed.</exception>
    internal double Take(string name) => _process!.Ask($"run {name}").GetProperty("seconds").GetDouble();

    /// <summary>Releases work, whether it was prepared or not.</summary>
    internal void Release(string name)
    {
        try
        {
            if (!_process!.HasEnded) _process.Ask($"release {name}");
        }
        catch (PeerException)
        {
            // The failure has been reported; the next piece of work finds out whether the peer is still running.
        }
    }

    public void Dispose() => _process?.Dispose();

    private void Start()
    {
        if (++_starts > MostStarts) throw new PeerException($"PyTorch's process has ended {MostStarts} times");
        _process?.Dispose();
        _process = PeerProcess.Start(_device);
    }
}
