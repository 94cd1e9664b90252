namespace GenKernels.Tests.Support.Reporting;

/// <summary>A test that failed.</summary>
/// <param name="Test">Its full name.</param>
/// <param name="Message">What it said.</param>
/// <param name="At">Where it was.</param>
internal sealed record ReportedFailure(string Test, string Message, string At);
