using GenKernels.Autograd;
using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.Optimization;
using GenKernels.Models.LongVideo;
using GenKernels.Models.StyleGan;
using GenKernels.Runtime;

namespace GenKernels.Train.LongVideo;

/// <summary>Both low-resolution networks, their optimizers, the generator's moving average, and the updates of a
/// training step.</summary>
/// <remarks>
/// Source: Brooks et al. 2022, Generating Long Videos of Dynamic Scenes, section 4; Goodfellow et al. 2014
/// (non-saturating loss); Mescheder et al. 2018 (R1). Deviation: where a batch is divided, the running magnitudes are
/// updated by each part. Updates are for one thread at a time; a second one that comes meanwhile is refused.
/// </remarks>
public sealed class LowResolutionGan : IDisposable
{
    private readonly LowResolutionTrainingOptions _options;
    private readonly ParameterArena _generatorArena;
    private readonly ParameterArena _discriminatorArena;
    private int _isUpdating;

    /// <param name="preset">Sizes of the networks.</param>
    /// <param name="options">Rates and weights.</param>
    /// <param name="device">Where they live.</param>
    public LowResolutionGan(LowResolutionPreset preset, LowResolutionTrainingOptions options, Device device)
    {
        _options = options;
        Preset = preset;
        Device = device;
        using Initializer initializer = new(device, options.Seed);
        Generator = new LowResolutionGenerator(preset.Generator, initializer);
        Discriminator = new LowResolutionDiscriminator(preset.Discriminator, initializer);
        AverageGenerator = new LowResolutionGenerator(preset.Generator, initializer);
        AverageGenerator.RequiresGradient(false);
        _generatorArena = new ParameterArena(Generator);
        _discriminatorArena = new ParameterArena(Discriminator);
        Average = new ModuleAverage(_generatorArena, AverageGenerator);
        Average.Reset();
        GeneratorOptimizer =
            new AdamOptimizer(_generatorArena, new AdamOptions { Beta1 = 0, Beta2 = (float)options.Beta2 });
        DiscriminatorOptimizer = new AdamOptimizer(
            _discriminatorArena,
            new AdamOptions { Beta1 = 0, Beta2 = (float)Math.Pow(options.Beta2, options.LazyRatio) });
    }

    /// <summary>Sizes of the networks.</summary>
    public LowResolutionPreset Preset { get; }

    /// <summary>Where the networks live.</summary>
    public Device Device { get; }

    /// <summary>The generator that is trained.</summary>
    public LowResolutionGenerator Generator { get; }

    /// <summary>The discriminator that is trained.</summary>
    public LowResolutionDiscriminator Discriminator { get; }

    /// <summary>The generator's moving average: the one to look at.</summary>
    public LowResolutionGenerator AverageGenerator { get; }

    internal ModuleAverage Average { get; }

    internal AdamOptimizer GeneratorOptimizer { get; }

    internal AdamOptimizer DiscriminatorOptimizer { get; }

    /// <summary>One step of the generator: mean softplus(-D(G(z))).</summary>
    /// <param name="inputs">The parts of the batch, made when they are needed.</param>
    /// <exception cref="InvalidOperationException">Another thread is updating these networks.</exception>
    public StepStatistics UpdateGenerator(IEnumerable<GeneratorInput> inputs)
    {
        using Turn turn = TakeTurn();
        using DeviceRange range = Device.Range("generator step");
        StepStatistics statistics = new();
        Discriminator.RequiresGradient(false);
        Generator.RequiresGradient(true);
        int parts = ForEachPart(_generatorArena, inputs, input =>
        {
            Variable logits = Judge(Generate(input, magnitudeBeta: 1), input.Augmentation);
            Variable loss = Softplus(-logits).Mean();
            statistics.Add("generator/loss", loss.ToScalar());
            statistics.Add("generator/score", logits.Mean().ToScalar());
            return Differentiate(loss, _generatorArena);
        });
        GeneratorOptimizer.Step(_options.GeneratorRate, 1.0 / parts);
        return statistics;
    }

    /// <summary>One step of the discriminator: mean softplus(D(G(z))) + mean softplus(-D(x)); updates the running
    /// magnitudes.</summary>
    /// <param name="inputs">The parts of the batch, made when they are needed.</param>
    /// <exception cref="InvalidOperationException">Another thread is updating these networks.</exception>
    public StepStatistics UpdateDiscriminator(IEnumerable<(GeneratorInput Fake, RealInput Real)> inputs)
    {
        using Turn turn = TakeTurn();
        using DeviceRange range = Device.Range("discriminator step");
        StepStatistics statistics = new();
        Discriminator.RequiresGradient(true);
        int parts = ForEachPart(_discriminatorArena, inputs, input =>
        {
            Variable fake = MakeFake(input.Fake);
            _discriminatorArena.Accumulate(Learn(fake, input.Fake.Augmentation, sign: 1, "fake", statistics));
            return Learn(new Variable(input.Real.Video), input.Real.Augmentation, sign: -1, "real", statistics);
        });
        DiscriminatorOptimizer.Step(_options.DiscriminatorRate * _options.LazyRatio, 1.0 / parts);
        return statistics;
    }

    /// <summary>One step of the discriminator on the R1 penalty alone: mean γ/2 |∇D(x)|², times the interval.</summary>
    /// <param name="inputs">The parts of the batch, made when they are needed.</param>
    /// <exception cref="InvalidOperationException">Another thread is updating these networks.</exception>
    public StepStatistics UpdatePenalty(IEnumerable<RealInput> inputs)
    {
        using Turn turn = TakeTurn();
        using DeviceRange range = Device.Range("penalty step");
        StepStatistics statistics = new();
        Discriminator.RequiresGradient(true);
        int parts = ForEachPart(_discriminatorArena, inputs, input =>
        {
            Variable penalty = Penalty(new Variable(input.Video, requiresGradient: true), input.Augmentation).Mean();
            statistics.Add("discriminator/r1_penalty", penalty.ToScalar());
            return Differentiate(penalty * (float)(_options.R1Gamma / 2), _discriminatorArena);
        });
        double gain = Math.Max(1, _options.R1Interval);
        DiscriminatorOptimizer.Step(_options.DiscriminatorRate * _options.LazyRatio, gain / parts);
        return statistics;
    }

    /// <summary>Moves the average of the generator's parameters and buffers.</summary>
    /// <param name="step">From 0: the average warms up.</param>
    public void UpdateAverage(long step)
    {
        using DeviceRange range = Device.Range("moving average");
        Average.Update(EmaSchedule.LongVideo(step, _options.AverageBeta, _options.AverageWarmup));
    }

    /// <returns>The squared norm of the gradient of D at each clip, <c>[N]</c>; differentiable.</returns>
    /// <param name="video">Clips that ask for gradients.</param>
    /// <param name="augmentation">The discriminator's view of them.</param>
    public Variable Penalty(Variable video, ClipAugmentation? augmentation)
    {
        Variable gradient = Gradient.Of(Judge(video, augmentation), video, differentiable: true);
        return gradient.SumOfSquares(1, 4).Reshape([video.Shape[0]]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        GeneratorOptimizer.Dispose();
        DiscriminatorOptimizer.Dispose();
        Average.Dispose();
        _generatorArena.Dispose();
        _discriminatorArena.Dispose();
        AverageGenerator.Dispose();
        Discriminator.Dispose();
        Generator.Dispose();
    }

    private Turn TakeTurn()
    {
        if (Interlocked.Exchange(ref _isUpdating, 1) == 0) return new Turn(this);
        throw new InvalidOperationException(
            "the networks are being updated by another thread; they can be trained by one thread at a time");
    }

    private static Variable Softplus(Variable x) => x.BiasActivation(null, Activation.Softplus);

    private int ForEachPart<T>(ParameterArena arena, IEnumerable<T> inputs, Func<T, Variable[]> gradientsOf)
    {
        int parts = 0;
        arena.Clear();
        using IEnumerator<T> each = inputs.GetEnumerator();
        while (true)
        {
            // What a part is made from and what it makes are freed before the next begins.
            using TensorScope scope = Device.Scope();
            if (!each.MoveNext()) return parts;
            arena.Accumulate(gradientsOf(each.Current));
            parts++;
        }
    }

    private Variable[] Differentiate(Variable loss, ParameterArena arena)
    {
        using DeviceRange range = Device.Range("gradients");
        return Gradient.Of(loss, arena.Variables);
    }

    private Variable Generate(GeneratorInput input, float magnitudeBeta)
    {
        using DeviceRange range = Device.Range("generator");
        return Generator.Forward(new Variable(input.Noise), input.FrameCount, magnitudeBeta, input.Starts);
    }

    private Variable MakeFake(GeneratorInput input)
    {
        using IDisposable mode = GradientMode.Disable();
        using TensorScope scope = Device.Scope();
        Variable fake = Generate(input, (float)_options.MagnitudeBeta);
        scope.Keep(fake.Value);
        return fake;
    }

    private Variable Judge(Variable video, ClipAugmentation? augmentation)
    {
        using DeviceRange range = Device.Range("discriminator");
        return Discriminator.Forward(augmentation?.Apply(video) ?? video);
    }

    private Variable[] Learn(
        Variable video, ClipAugmentation? augmentation, float sign, string name, StepStatistics statistics)
    {
        Variable logits = Judge(video, augmentation);
        Variable loss = Softplus(logits * sign).Mean();
        statistics.Add($"discriminator/{name}_loss", loss.ToScalar());
        statistics.Add($"discriminator/{name}_score", logits.Mean().ToScalar());
        return Differentiate(loss, _discriminatorArena);
    }

    private sealed class Turn(LowResolutionGan gan) : IDisposable
    {
        public void Dispose() => Volatile.Write(ref gan._isUpdating, 0);
    }
}
