namespace GenKernels.Autograd;

/// <summary>Whether this thread records operations for backward; on by default.</summary>
public static class GradientMode
{
    [ThreadStatic]
    private static bool s_isDisabled;

    /// <summary>Whether operations are recorded.</summary>
    public static bool IsEnabled => !s_isDisabled;

    /// <summary>Stops recording until the returned object is disposed.</summary>
    public static IDisposable Disable() => new Restore(disable: true);

    /// <returns>Whether an operation on these inputs, some of which may be null, is recorded.</returns>
    internal static bool Records(params ReadOnlySpan<Variable?> inputs)
    {
        if (!IsEnabled) return false;
        foreach (Variable? input in inputs)
        {
            if (input is { RequiresGradient: true }) return true;
        }

        return false;
    }

    /// <summary>Turns recording on or off until the returned object is disposed.</summary>
    internal static IDisposable Set(bool enabled) => new Restore(!enabled);

    private sealed class Restore : IDisposable
    {
        private readonly bool _before = s_isDisabled;

        internal Restore(bool disable) => s_isDisabled = disable;

        public void Dispose() => s_isDisabled = _before;
    }
}
