namespace GenKernels.Tests.Support.Reporting;

/// <summary>A test that failed.</summary>
/// <param name="Test">Full name of the test.</param>
/// <param name="Message">Message of the failure.</param>
/// <param name="At">Location of the failure.</param>
internal sealed record ReportedFailure(string Test, string Message, string At);
