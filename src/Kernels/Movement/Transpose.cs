using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Movement;

/// <summary>
/// Launches <c>Transpose.cu</c>: the copies of <see cref="StridedCopy"/> that turn rows into columns, in tiles, so that
/// both sides are accessed by whole cache lines.
/// </summary>
internal static class Transpose
{
    private static readonly KernelSource s_source = Source("Movement/Transpose.cu", StridedCopy.Types);

    /// <summary>The kernel's file.</summary>
    internal static KernelSource SourceFile => s_source;

    /// <param name="x">The source.</param>
    /// <param name="y">The target, from its first element on; of the type and device of <paramref name="x"/>.</param>
    /// <param name="copy">What to copy.</param>
    /// <param name="cost">Of the copy.</param>
    /// <returns>Whether the copy is of this kind, and done.</returns>
    internal static bool TryLaunch(Tensor x, Tensor y, in CopyPlan copy, LaunchCost cost)
    {
        if (TransposePlan.Of(copy) is not { } plan) return false;

        int isPacked = plan.IsOfPacks(PackWidths.Longest(x.Type)) ? PackWidths.PackedFlag(x, y) : 0;
        LaunchShape shape = LaunchShape.Blocks(x.Device, plan.TileCount) with { Cost = cost };
        x.Device.Load(s_source, x.Type).Kernel("Transpose").Launch(
            shape, x, y, KernelArgument.Structure(ref plan), isPacked);
        return true;
    }
}
