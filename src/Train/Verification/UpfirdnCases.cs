using GenKernels.Autograd;
using GenKernels.Kernels.Filtering;
using GenKernels.Runtime;

namespace GenKernels.Train.Verification;

/// <summary>
/// Upsampling by zeros, filter, downsampling over rows and columns, and the wrappers that choose the padding. A list of
/// two means x and y; one of four means before and after in x, then in y. A 1D filter is applied along both axes.
/// </summary>
internal sealed class UpfirdnCases : ICaseRunner
{
    // Filtered activations and resampled convolutions have the same settings, but more inputs.
    private static readonly string[] s_inputs = ["in.x", "in.f", "in.dy"];

    public string Kind => "upfirdn2d";

    public bool Recognises(RecordedCase recorded)
    {
        CaseConfig config = recorded.Config;
        if (recorded.Rank("in.x") != 4 || recorded.Inputs.Except(s_inputs).Any()) return false;
        return config.Has("fn")
            ? config.Text("fn") is "upfirdn2d" or "upsample2d" or "downsample2d" or "filter2d"
            : config.Has("up") && config.Has("down");
    }

    public CaseTolerance Tolerance(RecordedCase recorded, string result) => new(1e-5, 1e-6);

    public void Run(CaseRun run)
    {
        Variable x = run.Leaf("in.x");
        Tensor? filter = run.Recorded.Has("in.f") ? run.Floats("in.f") : null;
        (int width, int height) = filter is null ? (1, 1) : (filter.Shape[^1], filter.Shape[0]);
        float gain = (float?)run.Config.Number("gain") ?? 1;
        Resampling columns = UpfirdnSettings.Read(run.Config, 0, width);
        Resampling rows = UpfirdnSettings.Read(run.Config, 1, height);
        if (run.Config.Text("fn") == "upsample2d") gain *= columns.Up * rows.Up;

        bool flip = run.Config.Flag("flip") ?? run.Config.Flag("flip_filter") ?? false;
        Variable y = Apply(x.ToChannelsLast(), filter, rows, columns, flip, gain).ToChannelsFirst();
        run.Check("out.y", y);
        if (run.Recorded.Has("in.dy")) run.CheckGradients("grad", y, run.Constant("in.dy"));
    }

    private static Variable Apply(
        Variable x, Tensor? filter, Resampling rows, Resampling columns, bool flip, float gain)
    {
        Tensor taps = filter ?? Tensor.From([1f], [1], x.Device);
        if (taps.Shape.Rank == 2) return x.Upfirdn2d(taps, rows, columns, flip, gain);
        if (taps.Shape.Rank != 1) throw new UnknownCaseException($"a filter of shape {taps.Shape}");
        return x
            .Upfirdn(taps, 2, columns.Up, columns.Down, columns.Before, columns.After, flip)
            .Upfirdn(taps, 1, rows.Up, rows.Down, rows.Before, rows.After, flip, gain);
    }
}
