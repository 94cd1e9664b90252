using System.Runtime.InteropServices;
using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Optimization;

/// <summary>Launches <c>Adam.cu</c>: one step over all parameters at once.</summary>
public static class Adam
{
    private static readonly string[] s_variants =
    [
        "WeightDecay=None;HasAverage=0", "WeightDecay=None;HasAverage=1",
        "WeightDecay=Coupled;HasAverage=0", "WeightDecay=Coupled;HasAverage=1",
        "WeightDecay=Decoupled;HasAverage=0", "WeightDecay=Decoupled;HasAverage=1",
    ];

    private static readonly KernelSource s_source = Source("Optimization/Adam.cu", [ElementType.Float32], s_variants);

    /// <param name="options">The hyperparameters.</param>
    /// <param name="schedule">
    /// The numbers of <see cref="AdamSchedule.For"/>, <c>[6]</c>, Float32; read when the kernel runs, not at the call.
    /// </param>
    /// <param name="gradient">Any shape, Float32.</param>
    /// <param name="parameter">Like <paramref name="gradient"/>; updated.</param>
    /// <param name="firstMoment">Moving average of the gradients, like <paramref name="gradient"/>; updated.</param>
    /// <param name="secondMoment">Moving average of their squares, like <paramref name="gradient"/>; updated.</param>
    /// <param name="average">
    /// Moving average of the parameters, like <paramref name="gradient"/>, or null; updated last.
    /// </param>
    /// <exception cref="ArgumentException">
    /// Shapes, types or devices do not fit, or a constant is out of its range.
    /// </exception>
    public static void Step(
        AdamOptions options, Tensor schedule, Tensor gradient, Tensor parameter, Tensor firstMoment,
        Tensor secondMoment, Tensor? average = null)
    {
        options.Validate();
        Require.That(gradient.Type == ElementType.Float32, $"gradient must be Float32, got {gradient}");
        Require.Same(gradient, parameter);
        Require.Same(gradient, firstMoment);
        Require.Same(gradient, secondMoment);
        if (average is not null) Require.Same(gradient, average);
        Require.Shape(schedule, [AdamSchedule.Length]);
        Require.SameKind(gradient, schedule);

        if (gradient.ElementCount == 0) return;
        Constants constants = new(options);
        int decay = options.WeightDecay == 0 ? 0 : options.IsDecoupled ? 2 : 1;
        string variant = s_variants[(2 * decay) + (average is null ? 0 : 1)];
        Kernel kernel = gradient.Device.Load(s_source, ElementType.Float32, variant).Kernel("Adam");
        // Tensors that are updated count twice: they are read and written.
        LaunchCost cost = LaunchCost.Of(
            gradient, schedule, parameter, parameter, firstMoment, firstMoment, secondMoment, secondMoment, average,
            average);
        LaunchShape shape = LaunchShape.Elements(gradient.Device, gradient.ElementCount) with { Cost = cost };
        int isPacked = PackWidths.PackedFlag(gradient, parameter, firstMoment, secondMoment, average);
        kernel.Launch(
            shape, gradient, schedule, parameter, firstMoment, secondMoment, average, gradient.ElementCount,
            isPacked, KernelArgument.Structure(ref constants));
    }

    /// <summary>
    /// Computes the schedule of a step on the device, for gradients of a scaled loss: finite ones are divided by the
    /// scale, others skip the step.
    /// </summary>
    /// <param name="options">The hyperparameters.</param>
    /// <param name="request">
    /// The number of this step, counting skipped ones, learning rate, gradient scale and average weight as for
    /// <see cref="AdamSchedule.For"/>: <c>[4]</c>, Float64; read when the kernel runs, not at the call.
    /// </param>
    /// <param name="lossScale">The state of <see cref="LossScale"/>, <c>[4]</c>, Float32.</param>
    /// <param name="skipped">Number of skipped steps, <c>[1]</c>, Float64; updated.</param>
    /// <param name="schedule">For <see cref="Step"/>, <c>[6]</c>, Float32; written.</param>
    /// <exception cref="ArgumentException">
    /// Shapes, types or devices do not fit, or a constant is out of its range.
    /// </exception>
    public static void Schedule(
        AdamOptions options, Tensor request, Tensor lossScale, Tensor skipped, Tensor schedule)
    {
        options.Validate();
        Require.Shape(request, [AdamSchedule.RequestLength]);
        Require.Shape(skipped, [1]);
        Require.Shape(schedule, [AdamSchedule.Length]);
        LossScale.RequireState(lossScale);
        Require.That(request.Type == ElementType.Float64, $"request must be Float64, got {request}");
        Require.SameKind(request, skipped);
        Require.SameKind(lossScale, schedule);
        Require.That(request.Device == schedule.Device, $"{request} and {schedule} must be on one device");

        ScheduleConstants constants = new(options);
        Kernel kernel = request.Device.Load(s_source, ElementType.Float32, s_variants[0]).Kernel("AdamSchedule");
        LaunchShape shape = new(1, 1, 1, BlockX: 1) { Cost = LaunchCost.Of(request, lossScale, skipped, schedule) };
        kernel.Launch(shape, request, lossScale, skipped, schedule, KernelArgument.Structure(ref constants));
    }

    /// <summary>
    /// Laid out as <c>AdamConstants</c> in <c>Adam.cu</c>; differences from 1 are computed in double.
    /// </summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Constants(AdamOptions options)
    {
        private readonly float _beta1Rest = (float)(1 - options.Beta1);
        private readonly float _beta2 = (float)options.Beta2;
        private readonly float _beta2Rest = (float)(1 - options.Beta2);
        private readonly float _epsilon = (float)options.Epsilon;
    }
    /// <summary>Laid out as <c>ScheduleConstants</c> in <c>Adam.cu</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct ScheduleConstants(AdamOptions options)
    {
        private readonly double _beta1 = options.Beta1;
        private readonly double _beta2 = options.Beta2;
        private readonly double _weightDecay = options.WeightDecay;
        private readonly int _isDecoupled = options.IsDecoupled ? 1 : 0;
    }
}
