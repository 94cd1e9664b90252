namespace GenKernels.Runtime;

/// <summary>Ceiling division of counts.</summary>
internal static class Quotient
{
    /// <returns><paramref name="count"/> / <paramref name="part"/>, rounded up.</returns>
    internal static int Up(int count, int part) => (count + part - 1) / part;

    /// <inheritdoc cref="Up(int, int)"/>
    internal static long Up(long count, long part) => (count + part - 1) / part;
}
