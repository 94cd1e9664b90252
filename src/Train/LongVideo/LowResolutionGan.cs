using GenKernels.Autograd;
using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.Optimization;
using GenKernels.Models.LongVideo;
using GenKernels.Models.StyleGan;
using GenKernels.Runtime;
using GenKernels.Train.Runs;

namespace GenKernels.Train.LongVideo;

/// <summary>Both low-resolution networks, their optimizers, the generator's moving average, and the updates of a
/// training step.</summary>
/// <remarks>
/// Source: Brooks et al. 2022, Generating Long Videos of Dynamic Scenes, section 4; Goodfellow et al. 2014
/// (non-saturating loss); Mescheder et al. 2018 (R1). Deviation: if a batch is divided into parts, each part updates
/// the running magnitudes. One thread updates at a time; a concurrent update is refused. The three kinds of updates are
/// recorded and share one arena; see <see cref="RecordedUpdate"/>. Parameters, their gradients, optimizers and the
/// moving average stay in 32 bits in every <see cref="Precision"/>; if losses are scaled, each network has its own
/// scale.
/// </remarks>
public sealed class LowResolutionGan : IDisposable
{
    // About the square root of the usual loss scale: the gradient of a logit with respect to a pixel and the gradient
    // that flows back through it are both around 1e-6, and half precision must represent both.
    private const float InnerScale = 256;

    private static readonly string[] s_generatorNames = ["generator/loss", "generator/score"];

    private static readonly string[] s_discriminatorNames =
        ["discriminator/fake_loss", "discriminator/fake_score", "discriminator/real_loss", "discriminator/real_score"];

    private static readonly string[] s_penaltyNames = ["discriminator/r1_penalty"];

    private readonly LowResolutionTrainingOptions _options;
    private readonly ParameterArena _generatorArena;
    private readonly ParameterArena _discriminatorArena;
    private readonly StepArena _arena;
    private readonly RecordedUpdate _generatorUpdate;
    private readonly RecordedUpdate _discriminatorUpdate;
    private readonly RecordedUpdate _penaltyUpdate;
    private readonly Tensor _said;  // statistics that a part leaves, [4]
    private RecordedStep? _averageStep;
    private int _isUpdating;

    /// <param name="preset">Sizes of the networks.</param>
    /// <param name="options">Training options: rates, weights, precision.</param>
    /// <param name="device">Device of the networks; its precision is set to that of the options.</param>
    public LowResolutionGan(LowResolutionPreset preset, LowResolutionTrainingOptions options, Device device)
    {
        _options = options;
        Preset = preset;
        Device = device;
        device.Precision = options.Precision;
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
            new AdamOptimizer(_generatorArena, new AdamOptions { Beta1 = 0, Beta2 = (float)options.Beta2 }, NewScale());
        DiscriminatorOptimizer = new AdamOptimizer(
            _discriminatorArena,
            new AdamOptions { Beta1 = 0, Beta2 = (float)Math.Pow(options.Beta2, options.LazyRatio) }, NewScale());
        _said = Tensor.Zeros([s_discriminatorNames.Length], ElementType.Float32, device).Unscoped();
        _arena = new StepArena(device);
        _generatorUpdate = new RecordedUpdate("generator", _generatorArena, GeneratorOptimizer, _arena);
        _discriminatorUpdate =
            new RecordedUpdate("discriminator", _discriminatorArena, DiscriminatorOptimizer, _arena);
        _penaltyUpdate = new RecordedUpdate("discriminator", _discriminatorArena, DiscriminatorOptimizer, _arena);
    }

    /// <summary>Whether updates are recorded and replayed or run launch by launch; both give the same bits. Nothing is
    /// recorded while <see cref="AnomalyMode"/> is on.</summary>
    public bool IsRecorded { get; init; } = true;

    /// <summary>All recordings so far, each with the name of its update.</summary>
    public IEnumerable<(string Name, RecordedStep Step)> Recorded =>
    [
        .. _generatorUpdate.Recorded.Select(step => ("generator", step)),
        .. _discriminatorUpdate.Recorded.Select(step => ("discriminator", step)),
        .. _penaltyUpdate.Recorded.Select(step => ("penalty", step)),
        .. _averageStep is null ? [] : new[] { ("average", _averageStep) },
    ];

    /// <summary>Sizes of the networks.</summary>
    public LowResolutionPreset Preset { get; }

    /// <summary>Device of the networks.</summary>
    public Device Device { get; }

    /// <summary>The generator being trained.</summary>
    public LowResolutionGenerator Generator { get; }

    /// <summary>The discriminator being trained.</summary>
    public LowResolutionDiscriminator Discriminator { get; }

    /// <summary>The generator's moving average, the one to generate videos with.</summary>
    public LowResolutionGenerator AverageGenerator { get; }

    internal ModuleAverage Average { get; }

    internal AdamOptimizer GeneratorOptimizer { get; }

    internal AdamOptimizer DiscriminatorOptimizer { get; }

    private double DiscriminatorRate => _options.DiscriminatorRate * _options.LazyRatio;

    /// <summary>One generator step on the loss mean softplus(-D(G(z))).</summary>
    /// <param name="parts">Number of parts of the batch.</param>
    /// <param name="make">Makes the part of an index, from 0, when its turn comes.</param>
    /// <exception cref="InvalidOperationException">Another thread is updating these networks.</exception>
    public StepStatistics UpdateGenerator(int parts, Func<int, GeneratorInput> make)
    {
        using Turn turn = TakeTurn();
        using DeviceRange range = Device.Range("generator step");
        return Update(_generatorUpdate, parts, make, TeachGenerator, s_generatorNames, _options.GeneratorRate);
    }

    /// <summary>One discriminator step on the loss mean softplus(D(G(z))) + mean softplus(-D(x)); also updates the
    /// generator's running magnitudes.</summary>
    /// <inheritdoc cref="UpdateGenerator"/>
    public StepStatistics UpdateDiscriminator(int parts, Func<int, (GeneratorInput Fake, RealInput Real)> make)
    {
        using Turn turn = TakeTurn();
        using DeviceRange range = Device.Range("discriminator step");
        return Update(
            _discriminatorUpdate, parts, Both, TeachDiscriminator, s_discriminatorNames, DiscriminatorRate);

        DiscriminatorInput Both(int part)
        {
            (GeneratorInput fake, RealInput real) = make(part);
            return new DiscriminatorInput(fake, real);
        }
    }

    /// <summary>One discriminator step on the R1 penalty alone: mean γ/2 |∇D(x)|², times the interval.</summary>
    /// <inheritdoc cref="UpdateGenerator"/>
    public StepStatistics UpdatePenalty(int parts, Func<int, RealInput> make)
    {
        using Turn turn = TakeTurn();
        using DeviceRange range = Device.Range("penalty step");
        double gain = Math.Max(1, _options.R1Interval);
        return Update(_penaltyUpdate, parts, make, TeachPenalty, s_penaltyNames, DiscriminatorRate, gain);
    }

    /// <summary>Updates the moving average of the generator's parameters and buffers.</summary>
    /// <param name="step">Step, from 0, on which the warm-up of the average depends.</param>
    public void UpdateAverage(long step)
    {
        using DeviceRange range = Device.Range("moving average");
        double beta = EmaSchedule.LongVideo(step, _options.AverageBeta, _options.AverageWarmup);
        if (!IsRecorded)
        {
            Average.Update(beta);
            return;
        }

        Average.Prepare(beta);
        _averageStep ??= RecordedStep.Record(
            Device,
            () =>
            {
                Average.ApplyToParameters();
                Average.ApplyToBuffers();
            },
            _arena);
        _averageStep.Replay();
    }

    /// <returns>The squared norm of D's gradient at each clip, <c>[N]</c>; differentiable.</returns>
    /// <param name="video">Clips that require gradients.</param>
    /// <param name="augmentation">Applied before the discriminator; null for none.</param>
    public Variable Penalty(Variable video, ClipAugmentation? augmentation)
    {
        float scale = _options.Precision.ScalesLosses ? InnerScale : 1;
        Variable logits = Judge(video, augmentation);
        Variable gradient = Gradient.Of(scale == 1 ? logits : logits * scale, video, differentiable: true);
        Variable penalty = gradient.SumOfSquares(1, 4).Reshape([video.Shape[0]]);
        return scale == 1 ? penalty : penalty * (1 / (scale * scale));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _averageStep?.Dispose();
        _generatorUpdate.Dispose();
        _discriminatorUpdate.Dispose();
        _penaltyUpdate.Dispose();
        _arena.Dispose();
        _said.Dispose();
        GeneratorOptimizer.LossScale?.Dispose();
        DiscriminatorOptimizer.LossScale?.Dispose();
        GeneratorOptimizer.Dispose();
        DiscriminatorOptimizer.Dispose();
        Average.Dispose();
        _generatorArena.Dispose();
        _discriminatorArena.Dispose();
        AverageGenerator.Dispose();
        Discriminator.Dispose();
        Generator.Dispose();
    }

    private DynamicLossScale? NewScale() => _options.Precision.ScalesLosses ? new DynamicLossScale(Device) : null;

    private Turn TakeTurn()
    {
        if (Interlocked.Exchange(ref _isUpdating, 1) == 0) return new Turn(this);
        throw new InvalidOperationException(
            "the networks are being updated by another thread; they can be trained by one thread at a time");
    }

    private static Variable Softplus(Variable x) => x.BiasActivation(null, Activation.Softplus);

    private StepStatistics Update<T>(
        RecordedUpdate update, int parts, Func<int, T> make, Action<T> teach, string[] names, double learningRate,
        double gradientScale = 1)
        where T : IStepInput<T>
    {
        StepStatistics statistics = new(names);
        update.Run(
            parts, make, teach, () => statistics.Add(_said.ToArray<float>()), learningRate, gradientScale,
            IsRecorded && !AnomalyMode.IsEnabled);
        if (update.Optimizer.LossScale is not { } scale) return statistics;
        statistics.Note($"{update.Network}/loss_scale", scale.Value);
        statistics.Note($"{update.Network}/skipped_steps", scale.SkippedCount);
        return statistics;
    }

    private void TeachGenerator(GeneratorInput input)
    {
        Discriminator.RequiresGradient(false);
        Generator.RequiresGradient(true);
        Variable logits = Judge(Generate(input, magnitudeBeta: 1), input.Augmentation);
        Variable loss = Softplus(-logits).Mean();
        Say(0, loss);
        Say(1, logits.Mean());
        _generatorUpdate.Accumulate(loss);
    }

    private void TeachDiscriminator(DiscriminatorInput input)
    {
        Discriminator.RequiresGradient(true);
        Variable fake = MakeFake(input.Fake);
        TeachByLoss(fake, input.Fake.Augmentation, sign: 1, said: 0);
        TeachByLoss(new Variable(input.Real.Video), input.Real.Augmentation, sign: -1, said: 2);
    }

    private void TeachPenalty(RealInput input)
    {
        Discriminator.RequiresGradient(true);
        Variable penalty = Penalty(new Variable(input.Video, requiresGradient: true), input.Augmentation).Mean();
        Say(0, penalty);
        Variable loss = penalty * (float)(_options.R1Gamma / 2);
        _penaltyUpdate.Accumulate(loss);
    }

    /// <summary>Stores a statistic to be read after the part: while a part is being recorded, tensors have no
    /// values.</summary>
    private void Say(int index, Variable value) => _said.Narrow(index, 1).CopyFrom(value.Value.View([1]));

    private Variable Generate(GeneratorInput input, float magnitudeBeta)
    {
        using DeviceRange range = Device.Range("generator");
        return Generator.Forward(new Variable(input.Noise), input.FrameCount, magnitudeBeta, input.Places);
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

    private void TeachByLoss(Variable video, ClipAugmentation? augmentation, float sign, int said)
    {
        Variable logits = Judge(video, augmentation);
        Variable loss = Softplus(logits * sign).Mean();
        Say(said, loss);
        Say(said + 1, logits.Mean());
        _discriminatorUpdate.Accumulate(loss);
    }

    private sealed class Turn(LowResolutionGan gan) : IDisposable
    {
        public void Dispose() => Volatile.Write(ref gan._isUpdating, 0);
    }
}
