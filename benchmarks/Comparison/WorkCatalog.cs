using GenKernels.Benchmarks.Kernels.Attention;
using GenKernels.Benchmarks.Kernels.Convolution;
using GenKernels.Benchmarks.Kernels.Elementwise;
using GenKernels.Benchmarks.Kernels.Filtering;
using GenKernels.Benchmarks.Kernels.Optimization;
using GenKernels.Benchmarks.Models.LongVideo;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Comparison;

/// <summary>The compared work and its targets.</summary>
internal static partial class WorkCatalog
{
    /// <summary>Name of the copy, which comes first: other work is relative to its bandwidth.</summary>
    internal const string Copy = "copy";

    private const double ShareOfCopy = 0.7;
    private const double TimesThePeer = 1.5;
    private const double TwiceThePeer = 2;
    private const double AsFastAsThePeer = 1;
    private static readonly string[] s_layers =
        ["24x3x4 512", "48x5x8 512", "80x9x16 512", "144x9x16 256", "128x36x64 64"];

    private static readonly bool[] s_passes = [false, true];
    private static readonly string[] s_resamplings = ["columns x2", "rows x2", "frames x2", "columns /2"];

    internal static IEnumerable<ComparedWork> All =>
        [new(Copy, () => new CopyBenchmark(), Pace.Current.Rounds) { Bytes = CopyBenchmark.Bytes },
            .. Activations(ElementType.Float32),
            .. Memory(),
            .. Norms(ElementType.Float32),
            .. Filtered(ElementType.Float32),
            .. Convolutions(ElementType.Float32),
            .. ModulatedConvolutions(ElementType.Float32),
            .. LinearLayers(),
            .. Attentions(ElementType.Float32, AttentionLayer.All),
            .. Vision(),
            .. Diffusion(),
            .. Networks(Precision.Fp32),
            .. BenchmarkDevice.IsGpu ? OnTensorCores() : []];

    private static IEnumerable<ComparedWork> Activations(ElementType type)
    {
        KernelCase[] cases = [.. new BiasActivationBenchmarks().Cases];
        yield return Bytes<BiasActivationBenchmarks>("bias activation 128x36x64 64", cases[0], type);
        yield return Bytes<BiasActivationBenchmarks>("bias activation 160x9x16 256", cases[1], type);
        yield return Bytes<BiasActivationBenchmarks>("bias activation gradient 128x36x64 64", cases[3], type);
    }

    private static IEnumerable<ComparedWork> Memory()
    {
        foreach ((string name, KernelCase resampling) in s_resamplings.Zip(new UpfirdnBenchmarks().Cases))
        {
            yield return Bytes<UpfirdnBenchmarks>($"up-filter-down {name}", resampling);
        }

        yield return Bytes<AdamBenchmarks>("adam and average", new AdamBenchmarks().Cases.Last());
    }

    private static IEnumerable<ComparedWork> Convolutions(ElementType type)
    {
        foreach ((string name, ConvolutionLayer layer) in s_layers.Zip(ConvolutionLayer.OfThesis))
        {
            string prefix = $"convolution {name}";
            yield return Operations<ConvolutionBenchmarks>(
                $"{prefix} forward", ConvolutionBenchmarks.Forward(layer), type);
            yield return Operations<ConvolutionBenchmarks>(
                $"{prefix} data gradient", ConvolutionBenchmarks.DataGradient(layer), type);
            yield return Operations<ConvolutionWeightGradientBenchmarks>(
                $"{prefix} weight gradient", ConvolutionWeightGradientBenchmarks.Gradient(layer), type);
        }
    }

    private static IEnumerable<ComparedWork> ModulatedConvolutions(ElementType type) =>
        from layer in Enumerable.Range(0, s_layers.Length)
        from withGradients in s_passes
        select ModulatedConvolution(layer, withGradients, type, "");

    /// <param name="layer">Index of the thesis's layer.</param>
    /// <param name="withGradients">Whether gradients are computed too.</param>
    /// <param name="type">Type of the activations.</param>
    /// <param name="way">Suffix that selects an alternative of the peer; empty for the usual one.</param>
    private static ComparedWork ModulatedConvolution(int layer, bool withGradients, ElementType type, string way)
    {
        string what = withGradients ? "forward and gradients" : "forward";
        return new ComparedWork(
            $"modulated convolution {s_layers[layer]} {what}{way}{Suffix(type)}",
            () => new ModulatedConvolutionBenchmarks { Layer = layer, WithGradients = withGradients, Type = type },
            Pace.Current.Rounds)
        {
            Operations = ConvolutionLayer.OfThesis[layer].Operations * (withGradients ? 3 : 1),
            Target = type == ElementType.Float32 ? TwiceThePeer : AsFastAsThePeer,
            IsRecordable = true,
        };
    }

    private static IEnumerable<ComparedWork> Networks(Precision precision)
    {
        string suffix = Suffix(precision.Activations);
        int few = Pace.Current.RoundsOfNetworks;
        return
        [
            new($"paper generator{suffix}", () => new GeneratorBenchmarks { Precision = precision }, few)
                { Target = TimesThePeer },
            new($"paper discriminator{suffix}", () => new DiscriminatorBenchmarks { Precision = precision }, few)
                { Target = TimesThePeer },
            new($"tiny step{suffix}", () => new TrainingStepBenchmarks { Precision = precision }, Pace.Current.Rounds)
            {
                Target = TwiceThePeer,
                Extra = (benchmark => ((TrainingStepBenchmarks)benchmark).LaunchPenalty(), 1.0 / 16),
            },
        ];
    }

    private static ComparedWork Bytes<T>(string name, KernelCase kernel, ElementType type = ElementType.Float32)
        where T : KernelBenchmarks, new()
    {
        KernelCase typed = Typed(kernel, type);
        return new ComparedWork($"{name}{Suffix(type)}", () => new T { Case = typed }, Pace.Current.Rounds)
        {
            Bytes = typed.Bytes,
            Target = ShareOfCopy,
            IsRecordable = true,
        };
    }

    private static ComparedWork Operations<T>(string name, KernelCase kernel, ElementType type = ElementType.Float32)
        where T : KernelBenchmarks, new() =>
        new($"{name}{Suffix(type)}", () => new T { Case = Typed(kernel, type) }, Pace.Current.Rounds)
        {
            Operations = kernel.Operations,
            Target = type == ElementType.Float32 ? TimesThePeer : AsFastAsThePeer,
            IsRecordable = true,
        };
}
