namespace GenKernels.Runtime;

/// <summary>Opens a device by its name.</summary>
public static class DeviceFactory
{
    private const string CudaPrefix = "cuda:";

    /// <param name="name">
    /// <c>host</c>, <c>simt</c>, <c>cuda:N</c>, <c>cuda</c> for the first GPU, or <c>auto</c>: the first GPU where the
    /// kernels can run on it, else <c>host</c>.
    /// </param>
    /// <param name="cache">Where compiled kernels are kept; the user's cache folder by default.</param>
    /// <returns>The device; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">There is no device of that name.</exception>
    /// <exception cref="DeviceUnavailableException">This machine does not have the device.</exception>
    public static Device Open(string name, KernelCache? cache = null)
    {
        if (name == "host") return new HostDevice(cache);
        if (name == "simt") return new SimtDevice(cache);
        if (name == "cuda") return new CudaDevice(0, cache);
        if (name == "auto") return OpenBest(cache);
        string ordinal = name.StartsWith(CudaPrefix, StringComparison.Ordinal) ? name[CudaPrefix.Length..] : "";
        if (ordinal.Length > 0 && ordinal.All(char.IsAsciiDigit) && int.TryParse(ordinal, out int number))
        {
            return new CudaDevice(number, cache);
        }

        throw new ArgumentException($"unknown device \"{name}\"; expected auto, host, simt or cuda:N");
    }

    private static Device OpenBest(KernelCache? cache)
    {
        IReadOnlyList<CudaGpu> gpus = CudaDevice.Enumerate(out _);
        bool isUsable = gpus.Count > 0 && gpus[0].Capability >= CudaDevice.OldestCapability;
        return isUsable ? new CudaDevice(0, cache) : new HostDevice(cache);
    }
}
