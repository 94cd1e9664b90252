using System.Runtime.InteropServices;
using GenKernels.Runtime;

namespace GenKernels.Cli.Doctor;

/// <summary>System and processor.</summary>
/// <param name="Version">Version of GenKernels.</param>
/// <param name="OperatingSystem">Name and version, with the architecture.</param>
/// <param name="DotNet">Version of the runtime.</param>
/// <param name="Processor">Name that the operating system gives it.</param>
/// <param name="Cores">Logical cores that the process may use.</param>
/// <param name="MemoryBytes">Memory that the process may use, in bytes.</param>
internal sealed record MachineFacts(
    string Version, string OperatingSystem, string DotNet, string Processor, int Cores, long MemoryBytes)
{
    internal static MachineFacts Read()
    {
        using HostDevice host = new();
        return new MachineFacts(
            typeof(MachineFacts).Assembly.GetName().Version?.ToString(3) ?? "unknown",
            $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}",
            Environment.Version.ToString(),
            host.Description.Split(", ")[0],
            Environment.ProcessorCount,
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
    }
}
