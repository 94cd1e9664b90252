using GenKernels.Autograd;
using GenKernels.Runtime;

namespace GenKernels.Train.Verification;

/// <summary>
/// Takes the place of a network in recorded sampling: 0.5 tanh x + 0.1 sin(level / 100) x + 0.3 mean(words) + 0.2
/// image.
/// </summary>
internal static class RecordedDenoiser
{
    /// <param name="x">Samples, <c>[N, C, H, W]</c>.</param>
    /// <param name="level">Noise level, usually between two integers.</param>
    /// <param name="words">Text condition, <c>[N, L, D]</c>.</param>
    /// <param name="image">Image condition, in the shape of the samples; or null.</param>
    /// <returns>The predicted noise.</returns>
    internal static Variable Noise(Variable x, double level, Variable words, Variable? image = null)
    {
        Variable mean = words.Mean(1, 2).Reshape([words.Shape[0], 1, 1, 1]);
        Variable noise = (x.Tanh() * 0.5f) + (x * (float)(0.1 * Math.Sin(level / 100))) + (mean * 0.3f);
        return image is null ? noise : noise + (image * 0.2f);
    }

    /// <returns>One entry of a recorded tensor along its first axis.</returns>
    internal static Variable Entry(this Variable all, int index) =>
        new(all.Value.Narrow(index, 1).View(Shape.Create(all.Shape.AsSpan()[1..])));
}
