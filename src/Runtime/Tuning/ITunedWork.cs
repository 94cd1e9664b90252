namespace GenKernels.Runtime;

/// <summary>
/// Work that can be done in several ways: what they are, which of them a rule names, and how they are tried. To offer
/// one more way is to name it in <see cref="Ways"/> and to do it where the others are done.
/// </summary>
/// <typeparam name="TKey">
/// Everything that a way's time depends on: sizes, types, options. Its text is what a table finds it by, so that two
/// keys that differ have texts that differ.
/// </typeparam>
/// <typeparam name="TWay">One way; its text is its name in a table.</typeparam>
internal interface ITunedWork<TKey, TWay>
    where TKey : struct, IEquatable<TKey>
    where TWay : struct
{
    /// <summary>Names the work in a table.</summary>
    public string Name { get; }

    /// <summary>Whose text the times depend on: when one is edited, all is measured anew.</summary>
    public IReadOnlyList<KernelSource> Sources { get; }

    /// <returns>The way that is taken where nothing is measured; it depends on the key alone.</returns>
    /// <remarks>It is asked for at every launch where tuning is off, and so should allocate nothing.</remarks>
    public TWay Rule(Device device, in TKey key);

    /// <returns>The ways there are, the rule's first; whoever looks for one need not find those after it, of which a
    /// library may have to be asked.</returns>
    public IEnumerable<TWay> Ways(Device device, in TKey key);

    /// <returns>What the ways need compiled, so that it is compiled at once.</returns>
    public IEnumerable<(KernelSource Source, ElementType Type, string Variant)> Modules(
        TKey key, IReadOnlyList<TWay> ways);

    /// <summary>Makes operands of random numbers, which the caller's scope disposes.</summary>
    /// <remarks>Of random numbers, because a GPU that multiplies zeros is faster than with any other.</remarks>
    /// <returns>What does the work once, in a way.</returns>
    public Action<TWay> Prepare(Device device, TKey key);
}
