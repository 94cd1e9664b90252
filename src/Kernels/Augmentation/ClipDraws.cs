using System.Runtime.CompilerServices;

namespace GenKernels.Kernels.Augmentation;

/// <summary>Validates random draws of one number per clip.</summary>
internal static class ClipDraws
{
    /// <exception cref="ShapeException">
    /// The draw is not one number of the type per clip, on the device of the clips.
    /// </exception>
    internal static void Check(
        Tensor clips, Tensor draw, ElementType type,
        [CallerArgumentExpression(nameof(draw))] string name = "", [CallerFilePath] string caller = "")
    {
        int count = clips.Shape[0];
        bool fits = draw.Shape == [count] && draw.Type == type && draw.Device == clips.Device;
        Require.That(fits, $"{name} must be {type}[{count}] on {clips.Device}, one a clip, got {draw}", caller);
    }
}
