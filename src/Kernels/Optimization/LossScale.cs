using System.Runtime.InteropServices;

namespace GenKernels.Kernels.Optimization;

/// <summary>Launches <c>LossScale.cu</c>: dynamic loss scaling, with its state in device memory.</summary>
public static class LossScale
{
    /// <summary>How many numbers the state has.</summary>
    public const int Length = 4;

    private static readonly KernelSource s_source = Source("Optimization/LossScale.cu", [ElementType.Float32]);

    /// <param name="options">The constants.</param>
    /// <returns>
    /// The initial state: scale, finite steps since it changed, whether all gradients of this step are finite so far (1
    /// or 0), number of skipped steps.
    /// </returns>
    /// <exception cref="ArgumentException">A constant is out of its range.</exception>
    public static float[] Start(LossScaleOptions options)
    {
        options.Validate();
        return [options.Initial, 0, 1, 0];
    }

    /// <summary>Flags in the state if an element is a NaN or an infinity; the flag stays until the update.</summary>
    /// <param name="gradient">Any shape, Float32.</param>
    /// <param name="state">Initially <see cref="Start"/>, <c>[4]</c>, Float32; updated.</param>
    /// <exception cref="ArgumentException">Shapes, types or devices do not fit.</exception>
    public static void Check(Tensor gradient, Tensor state)
    {
        Require.That(gradient.Type == ElementType.Float32, $"gradient must be Float32, got {gradient}");
        RequireState(state);
        Require.SameKind(gradient, state);

        if (gradient.ElementCount == 0) return;
        KernelModule module = gradient.Device.Load(s_source, ElementType.Float32);
        LaunchShape shape = LaunchShape.Elements(gradient.Device, gradient.ElementCount);
        using Tensor partial = Tensor.Empty([checked((int)shape.BlockCount)], ElementType.Float32, gradient.Device);
        shape = shape with { Cost = LaunchCost.Of(gradient, partial) };
        module.Kernel("LossScaleCheck").Launch(shape, gradient, partial, gradient.ElementCount);
        LaunchShape one = LaunchShape.Blocks(gradient.Device, 1) with { Cost = LaunchCost.Of(partial) };
        module.Kernel("LossScaleReduce").Launch(one, partial, state, partial.ElementCount);
    }

    /// <summary>Ends a step: grows, shrinks or keeps the scale, and clears the flag for the next step.</summary>
    /// <param name="options">The constants.</param>
    /// <param name="state">As for <see cref="Check"/>; updated.</param>
    /// <exception cref="ArgumentException">The state does not fit, or a constant is out of its range.</exception>
    public static void Update(LossScaleOptions options, Tensor state)
    {
        options.Validate();
        RequireState(state);

        Constants constants = new(options);
        Kernel kernel = state.Device.Load(s_source, ElementType.Float32).Kernel("LossScaleUpdate");
        LaunchShape shape = new(1, 1, 1, BlockX: 1) { Cost = LaunchCost.Of(state, state) };
        kernel.Launch(shape, state, KernelArgument.Structure(ref constants));
    }

    /// <exception cref="ArgumentException">The shape or type is not that of a state.</exception>
    internal static void RequireState(Tensor state)
    {
        Require.Shape(state, [Length]);
        Require.That(state.Type == ElementType.Float32, $"state must be Float32, got {state}");
    }

    /// <summary>Laid out as <c>LossScaleConstants</c> in <c>LossScale.cu</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Constants(LossScaleOptions options)
    {
        private readonly float _growth = options.Growth;
        private readonly float _backoff = options.Backoff;
        private readonly float _interval = options.Interval;
        private readonly float _smallest = options.Smallest;
        private readonly float _largest = options.Largest;
    }
}
