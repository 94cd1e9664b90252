using GenKernels.Tests.Runtime.Diagnostics;

namespace GenKernels.Tests.Support;

/// <summary>Checks that a change to any kernel that work uses would cause the work to be measured again.</summary>
internal static class TunedSources
{
    /// <summary>Does the work in every way, and fails if it launches a kernel that is not among its sources.</summary>
    internal static void ExpectComplete<TKey, TWay>(Device device, ITunedWork<TKey, TWay> work, TKey key)
        where TKey : struct, IEquatable<TKey>
        where TWay : struct
    {
        using TensorScope scope = device.Scope();
        TWay[] ways = [.. work.Ways(device, key)];
        Action<TWay> run = work.Prepare(device, key);
        using WorkLog log = new(device);
        foreach (TWay way in ways) run(way);
        string[] launched = [.. log.Work.Select(entry => entry.Work.Name).Distinct()];
        Assert.That(launched, Is.Not.Empty.And.SubsetOf(work.Sources.SelectMany(source => source.KernelNames)));
        Assert.That(
            work.Modules(key, ways).SelectMany(module => module.Source.KernelNames).Distinct(), Is.SubsetOf(launched),
            "nothing is compiled that is not launched");
    }
}
