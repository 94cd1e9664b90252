namespace GenKernels.Runtime;

/// <summary>
/// Work with several implementations ("ways"): which they are, which one a fixed rule picks, and how to run them for
/// autotuning. A new way is listed in <see cref="Ways"/> and implemented beside the others.
/// </summary>
/// <typeparam name="TKey">
/// Everything that a way's time depends on: sizes, types, options. Tables look it up by its text, so different keys
/// must have different texts.
/// </typeparam>
/// <typeparam name="TWay">A way; its text is its name in tables.</typeparam>
internal interface ITunedWork<TKey, TWay>
    where TKey : struct, IEquatable<TKey>
    where TWay : struct
{
    /// <summary>The name of the work in tables.</summary>
    public string Name { get; }

    /// <summary>The sources that the times depend on: choices are measured again when one of them is edited.</summary>
    public IReadOnlyList<KernelSource> Sources { get; }

    /// <returns>The way that is taken where nothing is measured; a function of the device and the key alone.</returns>
    /// <remarks>Called at every launch while tuning is off, so it should allocate nothing.</remarks>
    public TWay Rule(Device device, in TKey key);

    /// <returns>
    /// The available ways, the rule's first; enumerated lazily, since finding a later way may mean querying a library.
    /// </returns>
    public IEnumerable<TWay> Ways(Device device, in TKey key);

    /// <returns>The modules that the ways need, so that they are compiled in parallel.</returns>
    public IEnumerable<(KernelSource Source, ElementType Type, string Variant)> Modules(
        TKey key, IReadOnlyList<TWay> ways);

    /// <summary>Allocates operands, which the caller's scope disposes, and fills them with random numbers.</summary>
    /// <remarks>Random, because a GPU multiplies zeros faster than any other numbers.</remarks>
    /// <returns>An action that does the work once in a given way.</returns>
    public Action<TWay> Prepare(Device device, TKey key);
}
