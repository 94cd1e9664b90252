namespace GenKernels.Benchmarks.Comparison;

/// <summary>Measures our side and PyTorch in alternating turns, so that both see the same state of the
/// machine.</summary>
internal static class ComparisonRun
{
    /// <summary>Runs the comparison, prints its table and writes its files.</summary>
    /// <param name="filter">Selects the work.</param>
    /// <param name="folder">Folder for the files.</param>
    /// <returns>The exit code: 0 unless some work failed, or there is none.</returns>
    internal static int Run(NameFilter filter, string folder)
    {
        if (!WorkCatalog.All.Any(work => filter.Takes(work.Name)))
        {
            Console.Error.WriteLine($"no work's name contains '{filter}'");
            return 1;
        }

        using PeerSide peer = new(BenchmarkDevice.Device);
        List<ComparisonRow> rows = [];
        ComparisonTable table = new(rows, peer.Description, peer.Absence);
        foreach (ComparedWork work in WorkCatalog.All)
        {
            if (!filter.Takes(work.Name) && work.Name != WorkCatalog.Copy) continue;
            rows.Add(Measure(work, peer));
            Console.Error.WriteLine($"{work.Name}: {ComparisonTable.Line(rows[^1])}");

            // Time on a GPU may be cut short: write after each row what was measured so far.
            if (BenchmarkDevice.IsGpu) table.Write(folder);
        }

        Console.WriteLine(table.Markdown);
        Console.WriteLine($"results: {table.Write(folder)}");
        return rows.Exists(row => row.Fault.Length > 0) ? 1 : 0;
    }

    /// <summary>A failure of our side affects only this row.</summary>
    private static ComparisonRow Measure(ComparedWork work, PeerSide peer)
    {
        try
        {
            using OwnSide own = new(work);
            return Measure(work, own, peer);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return new ComparisonRow(work, [], []) { Fault = exception.Message };
        }
        finally
        {
            // GPU memory is shared by both sides.
            if (BenchmarkDevice.IsGpu) BenchmarkDevice.Device.Memory.Trim();
        }
    }

    /// <summary>A failure of the peer keeps our times.</summary>
    private static ComparisonRow Measure(ComparedWork work, OwnSide own, PeerSide peer)
    {
        List<double> ours = [], theirs = [];
        PeerWork? prepared = null;
        string fault = "";
        try
        {
            if (peer.Description is not null)
            {
                prepared = Try(() => peer.Prepare(work.Name, own.IsRecorded), ref fault);
                if (prepared is { IsRecorded: false }) own.LaunchOneByOne();
            }

            for (int round = 0; round < work.Rounds; round++)
            {
                Thread.Sleep(Pace.Current.Rest);
                ours.Add(own.Take());
                if (prepared is null || fault.Length > 0) continue;
                Thread.Sleep(Pace.Current.Rest);
                double seconds = Try(() => peer.Take(work.Name), ref fault);
                if (fault.Length == 0) theirs.Add(seconds);
            }
        }
        finally
        {
            if (prepared is not null) peer.Release(work.Name);
        }

        return new ComparisonRow(work, [.. ours], [.. theirs])
        {
            Way = prepared?.Way ?? "",
            Ways = prepared?.Ways,
            IsRecorded = own.IsRecorded,
            Fault = fault,
            AllocatedBytes = own.AllocatedBytes,
        };
    }

    private static T? Try<T>(Func<T> ask, ref string fault)
    {
        try
        {
            return ask();
        }
        catch (PeerException exception)
        {
            fault = exception.Message;
            return default;
        }
    }
}
