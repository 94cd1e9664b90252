using System.Runtime.CompilerServices;

namespace GenKernels.Kernels.Augmentation;

/// <summary>Checks of random draws, one number a clip.</summary>
internal static class ClipDraws
{
    /// <exception cref="ShapeException">The draw is not one number of the type for each clip, on the clips' device.</exception>
    internal static void Check(
        Tensor clips, Tensor draw, ElementType type,
        [CallerArgumentExpression(nameof(draw))] string name = "", [CallerFilePath] string caller = "")
    {
        bool fits = draw.Shape.Rank == 1 && draw.Shape[0] == clips.Shape[0] && draw.Type == type && draw.Device == clips.Device;
        Require.That(fits, $"{name} must be {type}[{clips.Shape[0]}] on {clips.Device}, one a clip, got {draw}", caller);
    }
}
