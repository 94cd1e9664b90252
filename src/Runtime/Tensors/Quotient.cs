namespace GenKernels.Runtime;

/// <summary>Divisions of counts.</summary>
internal static class Quotient
{
    /// <returns>How many parts a count has, the last of which may not be whole.</returns>
    internal static int Up(int count, int part) => (count + part - 1) / part;

    /// <inheritdoc cref="Up(int, int)"/>
    internal static long Up(long count, long part) => (count + part - 1) / part;
}
