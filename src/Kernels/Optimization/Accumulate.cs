using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Optimization;

/// <summary>Launches <c>Accumulate.cu</c>: adds tensors to parts of another in place, or puts them there.</summary>
public static class Accumulate
{
    // As in the kernel.
    private const int MostParts = 8;

    private static readonly KernelSource s_source = Source("Optimization/Accumulate.cu");

    /// <param name="parts">Tensors of any shapes, of one type, floats.</param>
    /// <param name="starts">Where each begins in <paramref name="y"/>, in elements; the parts do not overlap.</param>
    /// <param name="y">
    /// Of the type of the parts, in memory that does not overlap theirs. What lies between the parts stays as it is.
    /// </param>
    /// <param name="isFirst">Whether the parts replace what is there, instead of being added to it.</param>
    /// <exception cref="ShapeException">A part has no start, or reaches beyond <paramref name="y"/>.</exception>
    /// <exception cref="ArgumentException">The tensors differ in type or device, or are not floats.</exception>
    public static void Into(ReadOnlySpan<Tensor> parts, ReadOnlySpan<int> starts, Tensor y, bool isFirst = false)
    {
        Require.Float(y);
        Require.That(parts.Length == starts.Length, $"{parts.Length} parts need as many starts, got {starts.Length}");
        for (int part = 0; part < parts.Length; part++) Check(parts[part], starts[part], y);
        for (int first = 0; first < parts.Length; first += MostParts)
        {
            int count = Math.Min(MostParts, parts.Length - first);
            Launch(parts.Slice(first, count), starts.Slice(first, count), y, isFirst);
        }
    }

    private static void Check(Tensor part, int start, Tensor y)
    {
        Require.SameKind(y, part);
        Require.That(
            start >= 0 && start + part.ElementCount <= y.ElementCount,
            $"{part.Shape} from element {start} on reaches beyond {y.Shape}");
    }

    private static void Launch(ReadOnlySpan<Tensor> parts, ReadOnlySpan<int> starts, Tensor y, bool isFirst)
    {
        Layout layout = default;
        LaunchCost cost = default;
        bool isPacked = PackWidths.AreAligned(y);
        int blocks = 0;
        for (int part = 0; part < MostParts; part++)
        {
            layout.FirstBlock[part] = part < parts.Length ? blocks : int.MaxValue;
            if (part >= parts.Length) continue;
            Tensor own = parts[part];
            (layout.Start[part], layout.Count[part]) = (starts[part], own.ElementCount);
            blocks += checked((int)Quotient.Up(own.ElementCount, LaunchShape.ElementsPerBlock));
            isPacked &= PackWidths.AreAligned(own) && starts[part] % PackWidths.Longest(y.Type) == 0;
            cost = cost with { Bytes = cost.Bytes + (own.Bytes * (isFirst ? 2 : 3)) };
        }

        if (blocks == 0) return;
        Tensor? Part(ReadOnlySpan<Tensor> all, int part) => part < all.Length ? all[part] : null;
        y.Device.Load(s_source, y.Type).Kernel("Accumulate").Launch(
            LaunchShape.Blocks(y.Device, blocks) with { Cost = cost },
            Part(parts, 0), Part(parts, 1), Part(parts, 2), Part(parts, 3), Part(parts, 4), Part(parts, 5),
            Part(parts, 6), Part(parts, 7), y, KernelArgument.Structure(ref layout), isFirst ? 1 : 0, isPacked ? 1 : 0);
    }

    [InlineArray(MostParts)]
    private struct Longs
    {
        private long _first;
    }

    [InlineArray(MostParts)]
    private struct Integers
    {
        private int _first;
    }

    /// <summary>Where the parts lie; same layout as <c>Parts</c> in the kernel.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Layout
    {
        internal Longs Start;
        internal Longs Count;
        internal Integers FirstBlock;
    }
}
