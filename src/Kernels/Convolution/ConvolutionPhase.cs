namespace GenKernels.Kernels.Convolution;

/// <summary>
/// A phase of a convolution with gaps between the elements of its input: as in <c>Phases.cuh</c>, for the CPU, where
/// each phase is a launch of its own.
/// </summary>
/// <param name="Plan">Without gaps, with the phase's outputs and taps.</param>
/// <param name="Number">Of the first output along each axis.</param>
/// <param name="FirstTap">Of those that do not fall into gaps.</param>
/// <param name="TapStep">From one to the next.</param>
/// <param name="TapCount">How many they are; perhaps none.</param>
internal readonly record struct ConvolutionPhase(
    ConvolutionPlan Plan, Triple Number, Triple FirstTap, Triple TapStep, Triple TapCount)
{
    /// <returns>The first tap along one axis that meets an element; as many as there are taps if none does.</returns>
    internal static int FirstTapOf(int number, int up, int taps, int before, int dilation)
    {
        int tap = 0;
        while (tap < taps && (number - before + (tap * dilation)) % up != 0) tap++;
        return tap;
    }

    /// <returns>Steps from a tap that meets an element to the next that does.</returns>
    internal static int TapStepOf(int up, int dilation)
    {
        int step = 1;
        while (step * dilation % up != 0) step++;
        return step;
    }
}
