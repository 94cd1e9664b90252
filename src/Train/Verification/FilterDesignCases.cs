using GenKernels.Kernels.Filtering;

namespace GenKernels.Train.Verification;

/// <summary>Low-pass filter designs, and the filter bank that blurs noise.</summary>
internal sealed class FilterDesignCases : ICaseRunner
{
    public string Kind => "filters";

    public bool Recognises(RecordedCase recorded) =>
        recorded.Config.Text("op") is { } name && (IsLowPass(name) || IsRadial(name) || IsBank(name));

    public CaseTolerance Tolerance(RecordedCase recorded, string result) => result switch
    {
        "num_taps" or "kernel_size" => new CaseTolerance(0, 0.5),
        "out.output_scale" or "sampling_rates" or "kaiser_beta" => new CaseTolerance(1e-6),
        _ => new CaseTolerance(0, 1e-6),
    };

    public void Run(CaseRun run)
    {
        string name = run.Config.Text("op") ?? "";
        if (IsBank(name)) CheckBank(run);
        else if (IsLowPass(name)) CheckLowPass(run);
        else if (IsRadial(name)) CheckRadial(run);
        else throw new UnknownCaseException($"unknown filter design {name}");
    }

    private static bool IsLowPass(string name) => name.Contains("firwin", StringComparison.OrdinalIgnoreCase);

    private static bool IsRadial(string name) => name.Contains("jinc", StringComparison.OrdinalIgnoreCase);

    private static bool IsBank(string name) => name.Contains("BlurredNoise", StringComparison.OrdinalIgnoreCase);

    private static void CheckLowPass(CaseRun run)
    {
        CaseConfig config = run.Config;
        (int taps, double rate) = (config.RequiredInteger("numtaps"), config.RequiredNumber("fs"));
        double? width = config.Number("width");
        run.Check("out.f", FirFilter.LowPass(taps, config.RequiredNumber("cutoff"), width, rate));
        if (width is { } transition && config.Number("kaiser_beta") is { } beta)
        {
            run.Compare("kaiser_beta", [KaiserWindow.Beta(transition, taps, rate)], [beta]);
        }
    }

    private static void CheckRadial(CaseRun run)
    {
        CaseConfig config = run.Config;
        double[] taps = FirFilter.RadialLowPass(
            config.RequiredInteger("numtaps"), config.RequiredNumber("cutoff"), config.RequiredNumber("width"),
            config.RequiredNumber("fs"));
        run.Check("out.f", taps);
    }

    private static void CheckBank(CaseRun run)
    {
        CaseConfig config = run.Config;
        double[] rates = config.RequiredNumbers("sampling_rates");
        LowpassBankDesign bank = new(config.RequiredInteger("blur_widths"), rates[0], rates[^1]);
        run.Compare("sampling_rates", bank.SamplingRates, rates);
        if (config.Numbers("num_taps") is { } taps)
        {
            run.Compare("num_taps", Array.ConvertAll(bank.TapCounts.ToArray(), count => (double)count), taps);
        }

        if (config.Number("kernel_size") is { } size) run.Compare("kernel_size", [bank.KernelSize], [size]);
        run.Check("out.output_scale", ToDoubles(bank.OutputScales));
        List<double> kernels = [];
        foreach (int filter in config.Integers("indices") ?? [.. Enumerable.Range(0, bank.FilterCount)])
        {
            kernels.AddRange(ToDoubles(bank.Kernels.Slice(filter * bank.KernelSize, bank.KernelSize)));
        }

        run.Check("out.filters", kernels.ToArray());
    }

    private static double[] ToDoubles(ReadOnlySpan<float> values) =>
        Array.ConvertAll(values.ToArray(), value => (double)value);
}
