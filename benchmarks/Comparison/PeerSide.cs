using System.Text.Json;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Comparison;

/// <summary>The peer, whose process is started anew where it has ended: a fault of a GPU ends it, and must cost one row
/// alone.</summary>
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

    /// <summary>As the peer describes itself; null where there is none.</summary>
    internal JsonElement? Description { get; }

    /// <summary>Why there is none; else empty.</summary>
    internal string Absence { get; } = "";

    /// <returns>What it does the work in.</returns>
    /// <param name="name">Of the work.</param>
    /// <param name="recorded">Whether as one recording, where it can.</param>
    /// <exception cref="PeerException">It cannot do it, or has ended too often.</exception>
    internal PeerWork Prepare(string name, bool recorded)
    {
        if (_process!.HasEnded) Start();
        return PeerWork.Read(_process.Ask($"{(recorded ? "record" : "prepare")} {name}"));
    }

    /// <returns>Seconds of one turn.</returns>
    /// <param name="name">Of work that is prepared.</param>
    /// <exception cref="PeerException">It failed.</exception>
    internal double Take(string name) => _process!.Ask($"run {name}").GetProperty("seconds").GetDouble();

    /// <summary>Lets go of what was prepared, whether it was or not.</summary>
    internal void Release(string name)
    {
        try
        {
            if (!_process!.HasEnded) _process.Ask($"release {name}");
        }
        catch (PeerException)
        {
            // What failed has been said; the next piece of work finds out whether the peer is still there.
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
