namespace GenKernels.Train.Verification;

/// <summary>Knows one kind of recorded case and computes what it records.</summary>
internal interface ICaseRunner
{
    /// <summary>The kind, and the name that its files usually have.</summary>
    public string Kind { get; }

    /// <summary>
    /// Whether so many activations have a kink that one may lie within rounding of it, and gradients jump: they are
    /// then held against several roundings of the same case.
    /// </summary>
    public bool HasKinks => false;

    /// <returns>Whether configuration and tensors are those of this kind, whatever the file is called.</returns>
    public bool Recognises(RecordedCase recorded);

    /// <param name="recorded">The case.</param>
    /// <param name="result">A recorded result, such as <c>grad_pen.w</c>.</param>
    public CaseTolerance Tolerance(RecordedCase recorded, string result);

    /// <summary>Computes every recorded result and hands it to the run.</summary>
    /// <exception cref="UnknownCaseException">The case asks for something that is not here.</exception>
    public void Run(CaseRun run);
}
