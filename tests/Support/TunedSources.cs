using GenKernels.Tests.Runtime.Diagnostics;

namespace GenKernels.Tests.Support;

/// <summary>Checks that a change to any kernel that work uses would cause the work to be measured again.</summary>
internal static class TunedSources
{
    /// <summary>
    /// Does the work by every algorithm, and fails if it launches a kernel that is not among its sources.
    /// </summary>
    internal static void ExpectComplete<TKey, TAlgorithm>(Device device, ITunedWork<TKey, TAlgorithm> work, TKey key)
        where TKey : struct, IEquatable<TKey>
        where TAlgorithm : struct
    {
        using TensorScope scope = device.Scope();
        TAlgorithm[] algorithms = [.. work.Algorithms(device, key)];
        Action<TAlgorithm> run = work.Prepare(device, key);
        using WorkLog log = new(device);
        foreach (TAlgorithm algorithm in algorithms) run(algorithm);
        string[] launched = [.. log.Work.Select(entry => entry.Work.Name).Distinct()];
        Assert.That(launched, Is.Not.Empty.And.SubsetOf(work.Sources.SelectMany(source => source.KernelNames)));
        Assert.That(
            work.Modules(key, algorithms).SelectMany(module => module.Source.KernelNames).Distinct(),
            Is.SubsetOf(launched),
            "nothing is compiled that is not launched");
    }
}
