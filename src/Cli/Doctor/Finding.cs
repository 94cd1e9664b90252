namespace GenKernels.Cli.Doctor;

/// <summary>Something that may be installed or not.</summary>
/// <param name="Name">Name shown to users.</param>
/// <param name="Found">Whether it is installed.</param>
/// <param name="Where">Path, version or both; null if it is missing.</param>
/// <param name="Advice">What to install, and where it was searched for; null if it was found.</param>
internal sealed record Finding(string Name, bool Found, string? Where, string? Advice);
