using GenKernels.Runtime;

namespace GenKernels.Cli;

/// <summary>How commands name the device that they compute on.</summary>
internal static class DeviceText
{
    /// <returns>Its name, description and precision.</returns>
    internal static string Of(Device device) =>
        $"{device.Name}, {device.Description}, precision {device.Precision.Describe(device)}";
}
