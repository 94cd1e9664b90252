namespace GenKernels.Autograd;

/// <summary>
/// Finds the operation that first produces a NaN: while it is on, every result is read back and checked, which is slow.
/// </summary>
public static class AnomalyMode
{
    [ThreadStatic]
    private static bool s_isEnabled;

    /// <summary>
    /// Whether this thread checks every result; if so, no step can be recorded, since results are read back.
    /// </summary>
    public static bool IsEnabled => s_isEnabled;

    /// <summary>Checks every result of this thread until the returned object is disposed.</summary>
    public static IDisposable Enable() => new Restore();

    /// <exception cref="AnomalyException">The result holds a NaN and no input does.</exception>
    internal static void Check(string name, Tensor value, Variable[] inputs)
    {
        if (!s_isEnabled || !HasNan(value) || Array.Exists(inputs, input => HasNan(input.Value))) return;
        string given = string.Join(", ", inputs.AsEnumerable());
        throw new AnomalyException($"{name} made a NaN from inputs that had none: {given}");
    }

    private static bool HasNan(Tensor tensor) => tensor.Type switch
    {
        ElementType.Float64 => Array.Exists(tensor.ToArray<double>(), double.IsNaN),
        ElementType.Float32 => Array.Exists(tensor.ToArray<float>(), float.IsNaN),
        ElementType.Float16 => Array.Exists(tensor.ToArray<Half>(), Half.IsNaN),
        ElementType.BFloat16 => Array.Exists(tensor.ToArray<BFloat16>(), value => float.IsNaN((float)value)),
        _ => false,
    };

    private sealed class Restore : IDisposable
    {
        private readonly bool _before = s_isEnabled;

        internal Restore() => s_isEnabled = true;

        public void Dispose() => s_isEnabled = _before;
    }
}
