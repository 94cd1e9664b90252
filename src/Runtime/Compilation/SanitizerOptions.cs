namespace GenKernels.Runtime;

/// <summary>A sanitizer's settings: in the environment, for the compiler and at run time.</summary>
internal static class SanitizerOptions
{
    private const string Variable = "GENKERNELS_SANITIZE";

    /// <returns>
    /// The sanitizer that <c>GENKERNELS_SANITIZE</c> names; <see cref="Sanitizer.None"/> where it is unset or empty.
    /// </returns>
    /// <exception cref="DeviceUnavailableException">It names no sanitizer.</exception>
    internal static Sanitizer FromEnvironment() => Environment.GetEnvironmentVariable(Variable) switch
    {
        null or "" => Sanitizer.None,
        "address" => Sanitizer.Address,
        "thread" => Sanitizer.Thread,
        "order" => Sanitizer.Order,
        string other => throw new DeviceUnavailableException(
            $"{Variable} must be address, thread or order, got \"{other}\""),
    };

    /// <returns>Whether it is the compiler's, so that kernels are compiled with instrumentation.</returns>
    internal static bool IsCompiled(this Sanitizer sanitizer) => sanitizer is Sanitizer.Address or Sanitizer.Thread;

    /// <returns>The compiler's name for it, after <c>-fsanitize=</c>.</returns>
    internal static string Option(this Sanitizer sanitizer) => sanitizer == Sanitizer.Address ? "address" : "thread";

    /// <summary>
    /// Sets the run-time options of a program built with a sanitizer; options that the user has set take precedence.
    /// </summary>
    internal static void Configure(this Sanitizer sanitizer, IDictionary<string, string?> environment)
    {
        // The largest red zones, so that accesses far out of bounds are caught too; no ODR check, as modules share
        // names.
        (string variable, string settings) = sanitizer == Sanitizer.Address
            ? ("ASAN_OPTIONS", "exitcode=1:color=never:detect_leaks=0:detect_odr_violation=0:redzone=2048")
            : ("TSAN_OPTIONS", "exitcode=1:color=never:halt_on_error=1");
        environment.TryGetValue(variable, out string? own);
        environment[variable] = string.IsNullOrEmpty(own) ? settings : $"{settings}:{own}";
    }
}
