using GenKernels.Autograd;
using GenKernels.Runtime;

namespace GenKernels.Train.Verification;

/// <summary>
/// What stands for a network in recorded samplings: 0.5 tanh x + 0.1 sin(level / 100) x + 0.3 mean(words) + 0.2 image.
/// </summary>
internal static class RecordedDenoiser
{
    /// <param name="x">Samples, <c>[N, C, H, W]</c>.</param>
    /// <param name="level">Of the noise, usually between two levels.</param>
    /// <param name="words">A condition, <c>[N, L, D]</c>.</param>
    /// <param name="image">Another, as the samples; or null.</param>
    /// <returns>The noise in the samples.</returns>
    internal static Variable Noise(Variable x, double level, Variable words, Variable? image = null)
    {
        Variable mean = words.Mean(1, 2).Reshape([words.Shape[0], 1, 1, 1]);
        Variable noise = (x.Tanh() * 0.5f) + (x * (float)(0.1 * Math.Sin(level / 100))) + (mean * 0.3f);
        return image is null ? noise : noise + (image * 0.2f);
    }

    /// <returns>One of the outermost entries of a recorded tensor.</returns>
    internal static Variable Entry(this Variable all, int index) =>
        new(all.Value.Narrow(index, 1).View(Shape.Create(all.Shape.AsSpan()[1..])));
}
