using BenchmarkDotNet.Reports;
using GenKernels.Runtime;
using GenKernels.Runtime.Interop;

namespace GenKernels.Benchmarks;

/// <summary>The same case by one of NVIDIA's libraries: a row beside ours, checked alike, from the same run.</summary>
internal static class LibraryPeer
{
    /// <summary>Why libraries have no rows; null where they have.</summary>
    private static string? Absence
    {
        get
        {
            if (!BenchmarkDevice.IsGpu) return "the device is no GPU";
            IEnumerable<string> missing =
                from library in (NativeLibraryLocator[])[NativeLibraries.CuBlasLt, NativeLibraries.CuDnn]
                where !library.IsFound
                select library.Report;
            string reasons = string.Join("; ", missing);
            return reasons.Length > 0 ? reasons : null;
        }
    }

    /// <summary>What the column of ratios says of itself.</summary>
    internal static string Legend =>
        "the median time of the library's row over ours" + (Absence is { } reason ? $"; no rows: {reason}" : "");

    /// <returns>The case, and on a GPU where the library is there, the same done by it.</returns>
    /// <param name="own">Ours.</param>
    /// <param name="library">Whose row it is.</param>
    /// <param name="launch">Makes the result of the inputs by the library.</param>
    internal static IEnumerable<KernelCase> Beside(
        this KernelCase own, NativeLibraryLocator library, Func<Tensor[], Tensor> launch)
    {
        yield return own;
        if (!BenchmarkDevice.IsGpu || !library.IsFound) yield break;
        yield return own with { Name = $"{own.Name} by {library}", Launch = launch, PeerOf = own.ToString() };
    }

    /// <returns>How many times as long the library takes, by the rows of one table; a dash where it has none.</returns>
    internal static string Ratio(Throughput own, Summary summary)
    {
        IEnumerable<Throughput> peers =
            from report in summary.Reports
            let other = Throughput.Of(report)
            where other?.Case.PeerOf == own.Case.ToString()
            select other;
        return peers.FirstOrDefault() is { } peer ? $"{peer.Seconds / own.Seconds:0.00}" : "-";
    }
}
