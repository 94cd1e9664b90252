namespace GenKernels.Kernels.Convolution;

/// <summary>
/// A phase of a convolution with gaps between the elements of its input, as in <c>Phases.cuh</c>. On the CPU each phase
/// has its own launch.
/// </summary>
/// <param name="Plan">Without gaps, with the phase's outputs and taps.</param>
/// <param name="Number">Index of the phase's first output along each axis.</param>
/// <param name="FirstTap">The first tap that does not fall into a gap, along each axis.</param>
/// <param name="TapStep">From one such tap to the next.</param>
/// <param name="TapCount">The number of such taps, possibly 0.</param>
internal readonly record struct ConvolutionPhase(
    ConvolutionPlan Plan, Triple Number, Triple FirstTap, Triple TapStep, Triple TapCount)
{
    /// <returns>The first tap along one axis outside the gaps; <paramref name="taps"/> if there is none.</returns>
    internal static int FirstTapOf(int number, int up, int taps, int before, int dilation)
    {
        int tap = 0;
        while (tap < taps && (number - before + (tap * dilation)) % up != 0) tap++;
        return tap;
    }

    /// <returns>The steps from one tap outside the gaps to the next.</returns>
    internal static int TapStepOf(int up, int dilation)
    {
        int step = 1;
        while (step * dilation % up != 0) step++;
        return step;
    }
}
