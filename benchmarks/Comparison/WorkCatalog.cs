using GenKernels.Benchmarks.Kernels.Convolution;
using GenKernels.Benchmarks.Kernels.Elementwise;
using GenKernels.Benchmarks.Kernels.Filtering;
using GenKernels.Benchmarks.Kernels.Optimization;
using GenKernels.Benchmarks.Models.LongVideo;

namespace GenKernels.Benchmarks.Comparison;

/// <summary>What is compared, and what it should come to.</summary>
internal static partial class WorkCatalog
{
    /// <summary>The name of the copy, which comes first: shares of its bandwidth are taken.</summary>
    internal const string Copy = "copy";

    private const int FewRounds = 3;
    private const int ManyRounds = 7;
    private const double ShareOfCopy = 0.7;
    private const double TimesThePeer = 1.5;
    private const double TwiceThePeer = 2;
    private static readonly string[] s_layers =
        ["24x3x4 512", "48x5x8 512", "80x9x16 512", "144x9x16 256", "128x36x64 64"];

    private static readonly bool[] s_passes = [false, true];
    private static readonly string[] s_resamplings = ["columns x2", "rows x2", "frames x2", "columns /2"];

    internal static IEnumerable<ComparedWork> All =>
        [new(Copy, () => new CopyBenchmark(), ManyRounds) { Bytes = CopyBenchmark.Bytes },
            .. Memory(),
            .. Norms(),
            .. Filtered(),
            .. Convolutions(),
            .. ModulatedConvolutions(),
            .. LinearLayers(),
            .. Attentions(),
            .. Vision(),
            .. Diffusion(),
            .. Networks()];

    private static IEnumerable<ComparedWork> Memory()
    {
        KernelCase[] activations = [.. new BiasActivationBenchmarks().Cases];
        yield return Bytes<BiasActivationBenchmarks>("bias activation 128x36x64 64", activations[0]);
        yield return Bytes<BiasActivationBenchmarks>("bias activation 160x9x16 256", activations[1]);
        yield return Bytes<BiasActivationBenchmarks>("bias activation gradient 128x36x64 64", activations[3]);
        foreach ((string name, KernelCase resampling) in s_resamplings.Zip(new UpfirdnBenchmarks().Cases))
        {
            yield return Bytes<UpfirdnBenchmarks>($"up-filter-down {name}", resampling);
        }

        yield return Bytes<AdamBenchmarks>("adam and average", new AdamBenchmarks().Cases.Last());
    }

    private static IEnumerable<ComparedWork> Convolutions()
    {
        foreach ((string name, ConvolutionLayer layer) in s_layers.Zip(ConvolutionLayer.OfThesis))
        {
            string prefix = $"convolution {name}";
            yield return Operations<ConvolutionBenchmarks>($"{prefix} forward", ConvolutionBenchmarks.Forward(layer));
            yield return Operations<ConvolutionBenchmarks>(
                $"{prefix} data gradient", ConvolutionBenchmarks.DataGradient(layer));
            yield return Operations<ConvolutionWeightGradientBenchmarks>(
                $"{prefix} weight gradient", ConvolutionWeightGradientBenchmarks.Gradient(layer));
        }
    }

    private static IEnumerable<ComparedWork> ModulatedConvolutions() =>
        from layer in Enumerable.Range(0, s_layers.Length)
        from withGradients in s_passes
        let what = withGradients ? "forward and gradients" : "forward"
        select new ComparedWork(
            $"modulated convolution {s_layers[layer]} {what}",
            () => new ModulatedConvolutionBenchmarks { Layer = layer, WithGradients = withGradients }, ManyRounds)
        {
            Operations = ConvolutionLayer.OfThesis[layer].Operations * (withGradients ? 3 : 1),
            Target = TwiceThePeer,
        };

    private static IEnumerable<ComparedWork> Networks() =>
    [
        new("paper generator", () => new GeneratorBenchmarks(), FewRounds) { Target = TimesThePeer },
        new("paper discriminator", () => new DiscriminatorBenchmarks(), FewRounds) { Target = TimesThePeer },
        new("tiny step", () => new TrainingStepBenchmarks(), ManyRounds)
        {
            Target = TimesThePeer,
            Extra = (benchmark => ((TrainingStepBenchmarks)benchmark).LaunchPenalty(), 1.0 / 16),
        },
    ];

    private static ComparedWork Bytes<T>(string name, KernelCase kernel)
        where T : KernelBenchmarks, new() =>
        new(name, () => new T { Case = kernel }, ManyRounds) { Bytes = kernel.Bytes, Target = ShareOfCopy };

    private static ComparedWork Operations<T>(string name, KernelCase kernel)
        where T : KernelBenchmarks, new() =>
        new(name, () => new T { Case = kernel }, ManyRounds) { Operations = kernel.Operations, Target = TimesThePeer };
}
