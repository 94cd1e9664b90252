using System.Collections;

namespace GenKernels.Autograd;

/// <summary>Modules of one kind under the names <c>0</c>, <c>1</c>, …</summary>
public sealed class ModuleList<T> : Module, IReadOnlyList<T>
    where T : Module
{
    private readonly List<T> _items = [];

    /// <param name="items">Disposed with the list.</param>
    public ModuleList(IEnumerable<T> items)
    {
        foreach (T item in items) _items.Add(Register(_items.Count.ToString(), item));
    }

    /// <inheritdoc/>
    public int Count => _items.Count;

    /// <inheritdoc/>
    public T this[int index] => _items[index];

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => _items.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
