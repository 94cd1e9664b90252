namespace GenKernels.Train.Verification;

/// <summary>The status of a recorded case.</summary>
public enum CaseStatus
{
    /// <summary>Every recorded result matches.</summary>
    Passed,

    /// <summary>A result exceeds its tolerance, or the case could not be run.</summary>
    Failed,

    /// <summary>No runner computes what the case records.</summary>
    Unknown,
}
