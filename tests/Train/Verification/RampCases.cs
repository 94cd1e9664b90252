using GenKernels.Autograd;
using GenKernels.Kernels.Elementwise;
using GenKernels.Train.Verification;

namespace GenKernels.Tests.Train.Verification;

/// <summary>max(x, 0): the smallest case with a kink.</summary>
internal sealed class RampCases : ICaseRunner
{
    public string Kind => "ramp";

    public bool HasKinks => true;

    public bool Recognises(RecordedCase recorded) => true;

    public CaseTolerance Tolerance(RecordedCase recorded, string result) => new(1e-5, 1e-6);

    public void Run(CaseRun run)
    {
        Variable y = run.Leaf("in.x").BiasActivation(null, new BiasActivationOptions(Activation.Relu, Gain: 1));
        run.Check("out.y", y);
        run.CheckGradients("grad", y);
    }
}
