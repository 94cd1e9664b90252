using GenKernels.Runtime;

namespace GenKernels.Cli;

/// <summary>How commands name the device that they compute on.</summary>
internal static class DeviceText
{
    /// <returns>Its name, what it is, and with which numbers it computes.</returns>
    internal static string Of(Device device) =>
        $"{device.Name}, {device.Description}, precision {device.Precision.Describe(device)}";
}
