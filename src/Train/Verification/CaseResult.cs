namespace GenKernels.Train.Verification;

/// <summary>The outcome of one recorded case.</summary>
/// <param name="Case">
/// File below the folder without its extension, and the number where it holds several: <c>ops/conv 3</c>.
/// </param>
/// <param name="Kind">What it was taken for; null where nothing knows it.</param>
/// <param name="Status">How it came out.</param>
/// <param name="Worst">The result that used up the most of its tolerance; null where none was compared.</param>
/// <param name="Error">
/// Of that result: max |a - b| / max |reference|, or max |a - b| where the reference is zero.
/// </param>
/// <param name="Tolerance">Of that result.</param>
/// <param name="Message">Why it failed or is unknown, or what there is to say of how it passed; or null.</param>
/// <param name="Seconds">Time it took, the compilation of kernels included.</param>
public sealed record CaseResult(
    string Case,
    string? Kind,
    CaseStatus Status,
    string? Worst,
    double Error,
    CaseTolerance Tolerance,
    string? Message,
    double Seconds);
