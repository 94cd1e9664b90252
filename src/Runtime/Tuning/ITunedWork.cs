namespace GenKernels.Runtime;

/// <summary>
/// Work with several algorithms: which they are, which one a fixed rule picks, and how to run them for autotuning. A
/// new algorithm is listed in <see cref="Algorithms"/> and implemented beside the others.
/// </summary>
/// <typeparam name="TKey">
/// Everything that an algorithm's time depends on: sizes, types, options. Tables look it up by its text, so different
/// keys must have different texts.
/// </typeparam>
/// <typeparam name="TAlgorithm">An algorithm; its text is its name in tables.</typeparam>
internal interface ITunedWork<TKey, TAlgorithm>
    where TKey : struct, IEquatable<TKey>
    where TAlgorithm : struct
{
    /// <summary>The name of the work in tables.</summary>
    public string Name { get; }

    /// <summary>The sources that the times depend on: choices are measured again when one of them is edited.</summary>
    public IReadOnlyList<KernelSource> Sources { get; }

    /// <returns>
    /// The algorithm that is taken where nothing is measured; a function of the device and the key alone.
    /// </returns>
    /// <remarks>Called at every launch while tuning is off, so it should allocate nothing.</remarks>
    public TAlgorithm Rule(Device device, in TKey key);

    /// <returns>
    /// The available algorithms, the rule's first; enumerated lazily, since finding a later algorithm may mean querying
    /// a library.
    /// </returns>
    public IEnumerable<TAlgorithm> Algorithms(Device device, in TKey key);

    /// <returns>The modules that the algorithms need, so that they are compiled in parallel.</returns>
    public IEnumerable<(KernelSource Source, ElementType Type, string Variant)> Modules(
        TKey key, IReadOnlyList<TAlgorithm> algorithms);

    /// <summary>Allocates operands, which the caller's scope disposes, and fills them with random numbers.</summary>
    /// <remarks>Random, because a GPU multiplies zeros faster than any other numbers.</remarks>
    /// <returns>An action that does the work once by a given algorithm.</returns>
    public Action<TAlgorithm> Prepare(Device device, TKey key);
}
