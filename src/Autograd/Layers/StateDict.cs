namespace GenKernels.Autograd;

/// <summary>Reads and writes the state of a module under the names and in the shapes of its original release.</summary>
public static class StateDict
{
    /// <returns>Every parameter and buffer in order; an entry has the values at the time when it is read.</returns>
    public static IReadOnlyList<StateEntry> Write(Module module) => [.. module.Slots().Select(slot => slot.ToEntry())];

    /// <summary>Sets parameters and buffers. Nothing is set unless everything fits.</summary>
    /// <param name="module">The module to set; values are converted to its float or integer types.</param>
    /// <param name="entries">The entries, with unique names.</param>
    /// <param name="strict">
    /// Whether a missing or an unexpected name is an error; a wrong shape or type always is.
    /// </param>
    /// <returns>The names that were missing and unexpected; none where <paramref name="strict"/>.</returns>
    /// <exception cref="StateDictException">The entries do not fit; the message lists every mismatch.</exception>
    public static (IReadOnlyList<string> Missing, IReadOnlyList<string> Unexpected) Load(
        Module module, IEnumerable<StateEntry> entries, bool strict = true) =>
        Load(module.GetType().Name, [.. module.Slots()], entries, strict);

    internal static (IReadOnlyList<string> Missing, IReadOnlyList<string> Unexpected) Load(
        string owner, IReadOnlyList<StateSlot> slots, IEnumerable<StateEntry> entries, bool strict)
    {
        Dictionary<string, StateEntry> unused = [];
        foreach (StateEntry entry in entries)
        {
            if (!unused.TryAdd(entry.Name, entry))
            {
                throw new StateDictException($"{owner}: the name {entry.Name} occurs twice");
            }
        }

        List<(StateSlot Slot, StateEntry Entry)> pairs = [];
        List<string> missing = [];
        List<string> wrong = [];
        foreach (StateSlot slot in slots)
        {
            if (!unused.Remove(slot.Name, out StateEntry? entry)) missing.Add(slot.Name);
            else if (Fault(slot, entry) is { } fault) wrong.Add(fault);
            else pairs.Add((slot, entry));
        }

        string[] unexpected = [.. unused.Keys];
        if (wrong.Count > 0 || (strict && missing.Count + unexpected.Length > 0))
        {
            throw new StateDictException(Describe(owner, missing, unexpected, wrong));
        }

        // All are read before the first is set, as reading may fail too.
        byte[][] elements = [.. pairs.Select(pair => Elements(owner, pair.Slot, pair.Entry))];
        for (int index = 0; index < elements.Length; index++) pairs[index].Slot.Write(elements[index]);
        return (missing, unexpected);
    }

    private static byte[] Elements(string owner, StateSlot slot, StateEntry entry)
    {
        byte[] bytes = entry.Read();
        long needed = entry.Shape.ElementCount * entry.Type.Size();
        if (bytes.Length != needed)
        {
            throw new StateDictException(
                $"{owner}: {entry.Name} of type {entry.Type} and shape {entry.Shape} has {needed} bytes, "
                + $"{bytes.Length} were read");
        }

        try
        {
            return slot.Layout.ToOurs(StateConversion.Convert(bytes, entry.Type, slot.Type), slot.Type);
        }
        catch (OverflowException)
        {
            throw new StateDictException(
                $"{owner}: {entry.Name} holds a number of type {entry.Type} that does not fit {slot.Type}");
        }
    }

    private static string? Fault(StateSlot slot, StateEntry entry)
    {
        if (entry.Shape != slot.Layout.Original)
        {
            return $"{slot.Name} must have shape {slot.Layout.Original}, got {entry.Shape}";
        }
        return StateConversion.IsPossible(entry.Type, slot.Type)
            ? null
            : $"{slot.Name} must hold {slot.Type}, got {entry.Type}";
    }

    private static string Describe(string owner, List<string> missing, string[] unexpected, List<string> wrong)
    {
        List<string> parts = [];
        if (missing.Count > 0) parts.Add($"missing: {string.Join(", ", missing)}");
        if (unexpected.Length > 0) parts.Add($"unexpected: {string.Join(", ", unexpected)}");
        if (wrong.Count > 0) parts.Add($"wrong: {string.Join(", ", wrong)}");
        return $"{owner}: the state dict does not fit; {string.Join("; ", parts)}";
    }
}
