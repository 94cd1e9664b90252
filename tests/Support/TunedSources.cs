using GenKernels.Tests.Runtime.Diagnostics;

namespace GenKernels.Tests.Support;

/// <summary>Whether a change of any kernel that work is done with would have the work measured anew.</summary>
internal static class TunedSources
{
    /// <summary>Does the work in every way, and fails where it launches a kernel that is not of its sources.</summary>
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
