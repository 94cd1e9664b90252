using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Convolution;

/// <summary>
/// Launches <c>ModulationEnergy.cu</c>: the squares and largest magnitudes of weights or styles, which demodulation
/// needs, and their copy in the type of the activations; and the gradient.
/// </summary>
public static class ModulationEnergy
{
    // Threads of a block where there is one tap: few groups have many channels then.
    private const int MostThreads = 1024;

    private static readonly KernelSource s_source = Source("Convolution/ModulationEnergy.cu", SameTarget);

    private static readonly KernelSource s_narrowingSource = NarrowingSource("Convolution/ModulationEnergy.cu");

    /// <param name="x">Weights or styles in groups, taps and channels, <c>[G, K, C]</c>, floats.</param>
    /// <param name="gain">A factor of the copy, one element of the type of <paramref name="x"/>; or null.</param>
    /// <param name="type">Type of the copy: that of <paramref name="x"/>, or 16 bits where it has 32.</param>
    /// <param name="root">
    /// If positive, the copy of each group is divided by this times its largest magnitude; otherwise 0.
    /// </param>
    /// <returns>
    /// The sums of squares over the taps, <c>[G, C]</c>, and the largest magnitudes, <c>[G]</c>, both in the type of
    /// sums; and the copy, <c>[G, K, C]</c>. The caller or its scope disposes them.
    /// </returns>
    /// <exception cref="ShapeException">
    /// <paramref name="x"/> is not of three axes or has an empty group, or the gain does not have one element.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// <paramref name="x"/> does not hold floats, the gain differs from it in type or device, or there is no such copy.
    /// </exception>
    public static (Tensor Energy, Tensor Largest, Tensor Copy) Forward(
        Tensor x, Tensor? gain, ElementType type, float root)
    {
        Check(x, gain, type);
        (int groups, int taps, int channels) = (x.Shape[0], x.Shape[1], x.Shape[2]);
        ElementType sumType = x.Type.SumType();
        Tensor energy = Tensor.Empty([groups, channels], sumType, x.Device);
        Tensor largest = Tensor.Empty([groups], sumType, x.Device);
        Tensor? copy = type == x.Type && gain is null && root == 0 ? null : Tensor.Empty(x.Shape, type, x.Device);
        if (groups > 0)
        {
            ColumnPlan plan = new(channels, x, copy);
            LaunchShape blocks = Blocks(x) with { Cost = LaunchCost.Of(x, energy, largest, copy) };
            LoadFor(x, type, s_source, s_narrowingSource).Kernel("ModulationEnergy").Launch(
                blocks, x, gain, energy, largest, copy, taps, root, KernelArgument.Structure(ref plan));
        }

        return (energy, largest, copy ?? x.View(x.Shape));
    }

    /// <summary>The gradient of <paramref name="x"/>, through its copy, energy and largest magnitudes.</summary>
    /// <param name="x">As in the forward pass.</param>
    /// <param name="gain">As in the forward pass.</param>
    /// <param name="root">As in the forward pass.</param>
    /// <param name="dCopy">The gradient of the copy.</param>
    /// <param name="dEnergy">The gradient of the energy.</param>
    /// <param name="largest">The largest magnitudes that the forward pass returned.</param>
    /// <param name="other">The largest magnitudes of the other operand, <c>[J]</c>: of styles for weights.</param>
    /// <param name="dVariance">
    /// The gradients of the variances, summed over the frames, <c>[G, J]</c>, or <c>[J, G]</c> if
    /// <paramref name="isTransposed"/>.
    /// </param>
    /// <param name="isTransposed">Whether the groups are the columns of <paramref name="dVariance"/>.</param>
    /// <param name="epsilon">As in the demodulation; see <see cref="DemodulationOptions.Epsilon"/>.</param>
    /// <returns>A new tensor of the shape and type of <paramref name="x"/>; the caller or its scope disposes
    /// it.</returns>
    /// <remarks>
    /// The divisors of the copies are taken as constant: what they divide is multiplied by them again after the
    /// convolution.
    /// </remarks>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentException">The types or devices do not fit.</exception>
    public static Tensor Backward(
        Tensor x, Tensor? gain, float root, Tensor dCopy, Tensor dEnergy, Tensor largest, Tensor other,
        Tensor dVariance, bool isTransposed, float epsilon)
    {
        Check(x, gain, dCopy.Type);
        (int groups, int taps, int channels) = (x.Shape[0], x.Shape[1], x.Shape[2]);
        int others = other.Shape[0];
        Require.Shape(dCopy, x.Shape.AsSpan());
        Require.Shape(dEnergy, [groups, channels]);
        Require.Shape(largest, [groups]);
        Require.Shape(other, [others]);
        Require.Shape(dVariance, isTransposed ? [others, groups] : [groups, others]);
        foreach (Tensor sum in (ReadOnlySpan<Tensor>)[dEnergy, largest, other, dVariance])
        {
            Require.Kind(sum, x.Type.SumType(), x.Device);
        }

        Tensor dx = Tensor.Empty(x.Shape, x.Type, x.Device);
        if (groups == 0) return dx;
        ColumnPlan plan = new(channels, x, dCopy, dx);
        LoadFor(x, dCopy.Type, s_source, s_narrowingSource).Kernel("ModulationEnergyGradient").Launch(
            Blocks(x) with { Cost = LaunchCost.Of(x, dCopy, dEnergy, dVariance, dx) },
            x, gain, dCopy, dEnergy, largest, other, dVariance, dx, taps, others,
            isTransposed ? 1L : others, isTransposed ? groups : 1L, epsilon, root, KernelArgument.Structure(ref plan));
        return dx;
    }

    private static LaunchShape Blocks(Tensor x)
    {
        int threads = x.Shape[1] == 1 ? MostThreads : ColumnPlan.Threads;
        return new(x.Shape[0], 1, 1, x.Device.WarpSize == 1 ? 1 : threads);
    }

    private static void Check(Tensor x, Tensor? gain, ElementType type)
    {
        Require.Rank(x, 3);
        Require.Float(x);
        Require.That(Require.Product(x, 1, 3) > 0, $"a group has at least one element, got {x.Shape}");
        Require.That(
            type == x.Type || (x.Type == ElementType.Float32 && type.Size() == sizeof(ushort) && type.IsFloat()),
            $"{x.Type} is copied as it is or, from Float32, to 16 bits, got {type}");
        if (gain is null) return;
        Require.SameKind(x, gain);
        Require.That(gain.ElementCount == 1, $"the gain has one element, got shape {gain.Shape}");
    }
}
