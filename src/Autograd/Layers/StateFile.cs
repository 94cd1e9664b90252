namespace GenKernels.Autograd;

/// <summary>State dicts in safetensors files.</summary>
public static class StateFile
{
    /// <returns>The tensors of a file as entries, which must be read before the file is disposed.</returns>
    public static IEnumerable<StateEntry> Entries(SafetensorsFile file)
    {
        foreach (string name in file.Names)
        {
            SafetensorsEntry entry = file.Entry(name);
            yield return new StateEntry(name, entry.ElementType, entry.Shape, () => file.Bytes(name).ToArray());
        }
    }

    /// <summary>Adds entries to a file to be written; each is read when it is written.</summary>
    /// <exception cref="ArgumentException">A name is taken.</exception>
    public static void Add(SafetensorsWriter writer, IEnumerable<StateEntry> entries)
    {
        foreach (StateEntry entry in entries)
        {
            writer.Add(entry.Name, entry.Type, entry.Shape, stream => stream.Write(entry.Read()));
        }
    }
}
