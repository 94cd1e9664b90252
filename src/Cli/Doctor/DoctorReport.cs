namespace GenKernels.Cli.Doctor;

/// <summary>Available and missing components.</summary>
/// <param name="IsUsable">Whether the CPU or a GPU passes its check.</param>
/// <param name="Machine">System and processor.</param>
/// <param name="Compiler">The C++ compiler, which the CPU devices need.</param>
/// <param name="Devices">All devices, including those that cannot be opened.</param>
/// <param name="Cache">Compiled kernels on disk.</param>
/// <param name="Libraries">Optional native libraries.</param>
/// <param name="Programs">Programs and libraries for videos and pictures.</param>
internal sealed record DoctorReport(
    bool IsUsable,
    MachineFacts Machine,
    Finding Compiler,
    IReadOnlyList<DeviceCheck> Devices,
    CacheFacts Cache,
    IReadOnlyList<Finding> Libraries,
    IReadOnlyList<Finding> Programs)
{
    /// <param name="stop">Cancels the checks between two devices.</param>
    internal static DoctorReport Examine(CancellationToken stop)
    {
        Finding compiler = Tool.CppCompiler();
        IReadOnlyList<DeviceCheck> devices = DeviceCheck.RunAll(stop);
        bool isUsable = devices.Any(device => device.Passed && device.Name != "simt");
        return new DoctorReport(
            isUsable, MachineFacts.Read(), compiler, devices, CacheFacts.Read(), Library.FindAll(), Tool.FindAll());
    }
}
