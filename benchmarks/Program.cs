namespace GenKernels.Benchmarks;

internal static class Program
{
    private static void Main()
    {
    }
}
