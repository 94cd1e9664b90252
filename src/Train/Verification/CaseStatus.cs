namespace GenKernels.Train.Verification;

/// <summary>How a recorded case came out.</summary>
public enum CaseStatus
{
    /// <summary>Every recorded result is matched.</summary>
    Passed,

    /// <summary>A result is off by more than the tolerance, or the case could not be run.</summary>
    Failed,

    /// <summary>Nothing here computes what the case records.</summary>
    Unknown,
}
