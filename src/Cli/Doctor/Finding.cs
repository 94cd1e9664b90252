namespace GenKernels.Cli.Doctor;

/// <summary>Something that may be installed or not.</summary>
/// <param name="Name">As people know it.</param>
/// <param name="Found">Whether it is here.</param>
/// <param name="Where">Path, version or both; null where it is missing.</param>
/// <param name="Advice">What to install, and where it was looked for; null where it is here.</param>
internal sealed record Finding(string Name, bool Found, string? Where, string? Advice);
