namespace GenKernels.Train.Verification;

/// <summary>Recognises one kind of recorded case and computes what it records.</summary>
internal interface ICaseRunner
{
    /// <summary>Name of the kind, and usual name of its files.</summary>
    public string Kind { get; }

    /// <summary>
    /// Whether there are so many activations with a kink that one may lie within rounding of it, where gradients jump:
    /// gradients are then compared for several perturbations of the inputs.
    /// </summary>
    public bool HasKinks => false;

    /// <returns>Whether configuration and tensors are those of this kind, whatever the file's name.</returns>
    public bool Recognises(RecordedCase recorded);

    /// <param name="recorded">The case.</param>
    /// <param name="result">A recorded result, such as <c>grad_pen.w</c>.</param>
    public CaseTolerance Tolerance(RecordedCase recorded, string result);

    /// <summary>Computes every recorded result and passes it to the run.</summary>
    /// <exception cref="UnknownCaseException">The case asks for something that is not implemented.</exception>
    public void Run(CaseRun run);
}
