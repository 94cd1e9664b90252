using BenchmarkDotNet.Reports;
using GenKernels.Runtime;
using GenKernels.Runtime.Interop;

namespace GenKernels.Benchmarks;

/// <summary>The same case by one of NVIDIA's libraries: a row beside ours, checked in the same way, from the same
/// run.</summary>
internal static class LibraryPeer
{
    /// <summary>Why libraries have no rows; null if they have.</summary>
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

    /// <summary>Legend of the column of ratios.</summary>
    internal static string Legend =>
        "the median time of the library's row over ours" + (Absence is { } reason ? $"; no rows: {reason}" : "");

    /// <returns>The case and, on a GPU with the library, the same case computed by the library.</returns>
    /// <param name="own">Our case.</param>
    /// <param name="library">The library.</param>
    /// <param name="launch">Computes the result from the inputs with the library.</param>
    internal static IEnumerable<KernelCase> Beside(
        this KernelCase own, NativeLibraryLocator library, Func<Tensor[], Tensor> launch)
    {
        yield return own;
        if (!BenchmarkDevice.IsGpu || !library.IsFound) yield break;
        yield return own with { Name = $"{own.Name} by {library}", Launch = launch, PeerOf = own.ToString() };
    }

    /// <returns>The library's time over ours, from the rows of one table; a dash if the library has no row.</returns>
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
