using GenKernels.Runtime;
using GenKernels.Train.Runs;

namespace GenKernels.Train.LongVideo;

/// <summary>The input of one part of a discriminator update.</summary>
/// <param name="Fake">Input of the generated clips.</param>
/// <param name="Real">The real clips.</param>
internal sealed record DiscriminatorInput(GeneratorInput Fake, RealInput Real) : IStepInput<DiscriminatorInput>
{
    IReadOnlyList<Tensor?> IStepInput<DiscriminatorInput>.Tensors =>
        [.. ((IStepInput<GeneratorInput>)Fake).Tensors, .. ((IStepInput<RealInput>)Real).Tensors];

    int IStepInput<DiscriminatorInput>.Variant => Fake.FrameCount;

    DiscriminatorInput IStepInput<DiscriminatorInput>.With(ReadOnlySpan<Tensor?> tensors)
    {
        int fakes = ((IStepInput<GeneratorInput>)Fake).Tensors.Count;
        return new DiscriminatorInput(
            ((IStepInput<GeneratorInput>)Fake).With(tensors[..fakes]),
            ((IStepInput<RealInput>)Real).With(tensors[fakes..]));
    }
}
