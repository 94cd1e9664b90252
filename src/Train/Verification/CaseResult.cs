namespace GenKernels.Train.Verification;

/// <summary>The result of one recorded case.</summary>
/// <param name="Case">Path relative to the folder without extension, and the case's number if the file holds several:
/// <c>ops/conv 3</c>.</param>
/// <param name="Kind">Kind that the case was recognised as; null if none.</param>
/// <param name="Status">Whether it passed.</param>
/// <param name="Worst">The result that used up most of its tolerance; null if none was compared.</param>
/// <param name="Error">Error of that result: max |a - b| / max |reference|, or max |a - b| if the reference is
/// zero.</param>
/// <param name="Tolerance">Tolerance of that result.</param>
/// <param name="Message">Why the case failed or is unknown, or a remark on how it passed; or null.</param>
/// <param name="Seconds">Run time in seconds, including the compilation of kernels.</param>
public sealed record CaseResult(
    string Case,
    string? Kind,
    CaseStatus Status,
    string? Worst,
    double Error,
    CaseTolerance Tolerance,
    string? Message,
    double Seconds);
