using GenKernels.Autograd;
using GenKernels.Kernels.Filtering;
using GenKernels.Runtime;

namespace GenKernels.Train.Verification;

/// <summary>
/// A leaky ReLU between two filters, <c>in.fu</c> and <c>in.fd</c>, either of which may be missing. A list of four
/// paddings means before and after in x, then in y.
/// </summary>
internal sealed class FilteredLeakyReluCases : ICaseRunner
{
    public string Kind => "filtered_lrelu";

    public bool HasKinks => true;

    public bool Recognises(RecordedCase recorded)
    {
        CaseConfig config = recorded.Config;
        bool hasFilters = recorded.Has("in.fu") || recorded.Has("in.fd");
        return recorded.Rank("in.x") == 4 && config.Has("up") && config.Has("down") && !config.Has("act")
            && (hasFilters || config.Has("slope"));
    }

    public CaseTolerance Tolerance(RecordedCase recorded, string result) => new(1e-5, 1e-6);

    public void Run(CaseRun run)
    {
        Variable x = run.Leaf("in.x");
        Variable? bias = run.OptionalLeaf("in.b");
        Tensor? up = run.Recorded.Has("in.fu") ? run.Floats("in.fu") : null;
        Tensor? down = run.Recorded.Has("in.fd") ? run.Floats("in.fd") : null;
        Variable y = x.ToChannelsLast().FilteredLeakyRelu(bias, up, down, Options(run.Config)).ToChannelsFirst();
        run.Check("out.y", y);
        if (run.Recorded.Has("in.dy")) run.CheckGradients("grad", y, run.Constant("in.dy"));
    }

    private static FilteredLeakyReluOptions Options(CaseConfig config)
    {
        Resampling columns = UpfirdnSettings.Read(config, 0, taps: 1), rows = UpfirdnSettings.Read(config, 1, taps: 1);
        if (rows.Up != columns.Up || rows.Down != columns.Down)
        {
            throw new UnknownCaseException("rows and columns must have the same rates");
        }

        FilteredLeakyReluOptions options = new(
            rows.Up, rows.Down, rows.Before, rows.After, columns.Before, columns.After,
            Flip: config.Flag("flip_filter") ?? false);
        return options with
        {
            Gain = (float?)config.Number("gain") ?? options.Gain,
            Slope = (float?)config.Number("slope") ?? options.Slope,
            Clamp = (float?)config.Number("clamp") ?? options.Clamp,
        };
    }
}
