using System.Runtime.InteropServices;

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

    /// <param name="options">The constants.</param>
    /// <param name="schedule">
    /// What <see cref="AdamSchedule.For"/> gives, <c>[5]</c>, Float32; read when the device comes to it.
    /// </param>
    /// <param name="gradient">Any shape, Float32.</param>
    /// <param name="parameter">As <paramref name="gradient"/>; updated.</param>
    /// <param name="firstMoment">Mean of the gradients, as <paramref name="gradient"/>; updated.</param>
    /// <param name="secondMoment">Mean of their squares, as <paramref name="gradient"/>; updated.</param>
    /// <param name="average">
    /// Moving average of the parameters, as <paramref name="gradient"/>, or null; updated last.
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
        LaunchShape shape = LaunchShape.Elements(gradient.Device, gradient.ElementCount) with
        {
            // What is updated is read and written.
            Cost = LaunchCost.Of(
                gradient, schedule, parameter, parameter, firstMoment, firstMoment, secondMoment, secondMoment, average,
                average),
        };
        kernel.Launch(
            shape, gradient, schedule, parameter, firstMoment,
            secondMoment, average, gradient.ElementCount, KernelArgument.Structure(ref constants));
    }

    /// <summary>
    /// Laid out as <c>AdamConstants</c> in <c>Adam.cu</c>; the differences from 1 are taken in double.
    /// </summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Constants(AdamOptions options)
    {
        private readonly float _beta1Rest = (float)(1 - options.Beta1);
        private readonly float _beta2 = (float)options.Beta2;
        private readonly float _beta2Rest = (float)(1 - options.Beta2);
        private readonly float _epsilon = (float)options.Epsilon;
    }
}
