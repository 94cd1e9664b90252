using GenKernels.Runtime;

namespace GenKernels.Train.Verification;

/// <summary>Selects from a whole activation the part that a case records to keep files small.</summary>
internal static class RecordedPart
{
    private const int ProbeLength = 16;

    /// <param name="values">The activation, row-major.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="recorded">The recorded shape: of the same rank, no axis longer.</param>
    /// <param name="isSpread">Whether every k-th element of a shorter axis is recorded instead of its first
    /// ones.</param>
    /// <returns>The recorded elements, or null if the shapes do not fit.</returns>
    public static double[]? Select(double[] values, Shape shape, Shape recorded, bool isSpread)
    {
        if (shape == recorded) return values;
        if (shape.Rank != recorded.Rank) return null;
        int[] steps = new int[shape.Rank];
        for (int axis = 0; axis < steps.Length; axis++)
        {
            int size = recorded[axis];
            if (size == 0 || size > shape[axis]) return null;
            steps[axis] = isSpread ? (shape[axis] + size - 1) / size : 1;
            if ((size - 1) * steps[axis] >= shape[axis]) return null;
        }

        double[] part = new double[recorded.ElementCount];
        for (int index = 0; index < part.Length; index++)
        {
            long from = 0;
            int rest = index;
            for (int axis = steps.Length - 1; axis >= 0; axis--)
            {
                from += rest % recorded[axis] * steps[axis] * shape.Product(axis + 1, shape.Rank);
                rest /= recorded[axis];
            }

            part[index] = values[from];
        }

        return part;
    }

    /// <returns>16 elements, evenly spread over the activation from its first on; null if it has fewer.</returns>
    public static double[]? Probe(double[] values)
    {
        int step = values.Length / ProbeLength;
        return step == 0 ? null : [.. Enumerable.Range(0, ProbeLength).Select(index => values[index * step])];
    }
}
