namespace GenKernels.Runtime;

/// <summary>How a sanitizer is asked for, by people, of compilers and at run time.</summary>
internal static class SanitizerOptions
{
    private const string Variable = "GENKERNELS_SANITIZE";

    /// <returns>The sanitizer that <c>GENKERNELS_SANITIZE</c> names; none where it is empty.</returns>
    /// <exception cref="ArgumentException">It names another.</exception>
    internal static Sanitizer FromEnvironment() => Environment.GetEnvironmentVariable(Variable) switch
    {
        null or "" => Sanitizer.None,
        "address" => Sanitizer.Address,
        "thread" => Sanitizer.Thread,
        "order" => Sanitizer.Order,
        string other => throw new ArgumentException($"{Variable} is address, thread or order, not \"{other}\""),
    };

    /// <returns>Whether kernels are compiled in another way for it.</returns>
    internal static bool IsCompiled(this Sanitizer sanitizer) => sanitizer is Sanitizer.Address or Sanitizer.Thread;

    /// <returns>The name that compilers know it by, after <c>-fsanitize=</c>.</returns>
    internal static string Option(this Sanitizer sanitizer) => sanitizer == Sanitizer.Address ? "address" : "thread";

    /// <summary>
    /// Gives a program that was built with a sanitizer its settings; what the user has set counts more.
    /// </summary>
    internal static void Configure(this Sanitizer sanitizer, IDictionary<string, string?> environment)
    {
        // Red zones of the greatest size, so that a far step out of a buffer is seen too. Modules may share names.
        (string variable, string settings) = sanitizer == Sanitizer.Address
            ? ("ASAN_OPTIONS", "exitcode=1:color=never:detect_leaks=0:detect_odr_violation=0:redzone=2048")
            : ("TSAN_OPTIONS", "exitcode=1:color=never:halt_on_error=1");
        environment.TryGetValue(variable, out string? own);
        environment[variable] = string.IsNullOrEmpty(own) ? settings : $"{settings}:{own}";
    }
}
