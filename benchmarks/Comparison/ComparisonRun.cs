
namespace GenKernels.Benchmarks.Comparison;

/// <summary>Measures ours and PyTorch's in turns, so that both see the same machine.</summary>
internal static class ComparisonRun
{
    // Both sides' threads spin for a moment after their work before they sleep.
    private static readonly TimeSpan s_rest = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs the comparison, prints its table and writes its files.</summary>
    /// <param name="filter">Cases whose name has this text.</param>
    /// <param name="folder">Where the files go.</param>
    /// <returns>The exit code: 0 unless work failed.</returns>
    internal static int Run(string filter, string folder)
    {
        using PeerProcess? peer = Start(out string reason);
        List<ComparisonRow> rows = [];
        foreach (ComparedWork work in WorkCatalog.All)
        {
            bool isWanted = work.Name.Contains(filter, StringComparison.OrdinalIgnoreCase);
            if (!isWanted && work.Name != WorkCatalog.Copy) continue;
            rows.Add(Measure(work, peer));
            Console.Error.WriteLine($"{work.Name}: {ComparisonTable.Line(rows[^1])}");
        }

        ComparisonTable table = new(rows, peer?.Description, reason);
        Console.WriteLine(table.Markdown);
        Console.WriteLine($"results: {table.Write(folder)}");
        return rows.Exists(row => row.Fault.Length > 0) ? 1 : 0;
    }

    private static PeerProcess? Start(out string reason)
    {
        try
        {
            reason = "";
            return PeerProcess.Start(BenchmarkDevice.Device);
        }
        catch (PeerException fault)
        {
            reason = fault.Message;
            Console.Error.WriteLine($"skipped: {reason}");
            return null;
        }
    }

    /// <summary>One side's failure ends neither the other nor the run.</summary>
    private static ComparisonRow Measure(ComparedWork work, PeerProcess? peer)
    {
        string way = "", fault = "";
        if (peer is not null)
        {
            try
            {
                way = peer.Ask($"prepare {work.Name}").GetProperty("way").GetString()!;
            }
            catch (PeerException exception)
            {
                (peer, fault) = (null, exception.Message);
            }
        }

        try
        {
            using OwnSide own = new(work);
            (double[] ours, double[] theirs) = TakeTurns(work, own, peer);
            return new ComparisonRow(work, ours, theirs)
                { Way = way, Fault = fault, AllocatedBytes = own.AllocatedBytes };
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return new ComparisonRow(work, [], []) { Way = way, Fault = exception.Message };
        }
        finally
        {
            Release(work, peer);
        }
    }

    private static (double[] Own, double[] Peer) TakeTurns(ComparedWork work, OwnSide own, PeerProcess? peer)
    {
        List<double> ours = [], theirs = [];
        for (int round = 0; round < work.Rounds; round++)
        {
            Thread.Sleep(s_rest);
            ours.Add(own.Take());
            if (peer is null) continue;
            Thread.Sleep(s_rest);
            theirs.Add(peer.Ask($"run {work.Name}").GetProperty("seconds").GetDouble());
        }

        return ([.. ours], [.. theirs]);
    }

    private static void Release(ComparedWork work, PeerProcess? peer)
    {
        try
        {
            peer?.Ask($"release {work.Name}");
        }
        catch (PeerException)
        {
            // What failed has been said; the next piece of work finds out whether the peer is still there.
        }
    }
}
