namespace GenKernels.Autograd;

/// <content>The family <c>Reduction</c>.</content>
public static partial class OpCatalog
{
    private static OpSample[] Reduction() =>
    [
        new("Sum of rows", [[3, 33]], x => x[0].Sum(1)),
        new("Sum of columns", [[5, 70]], x => x[0].Sum(0)),
        new("Sum of inner axes", [[2, 3, 4, 5]], x => x[0].Sum(1, 2)),
        new("Sum of a long axis", [[2, 2500, 3]], x => x[0].Sum(1)),
        new("Sum of everything", [[2, 1100]], x => x[0].Sum()),
        new("Sum of nothing", [[0, 3]], x => x[0].Sum(0)),
        new("Mean", [[4, 6]], x => x[0].Mean(-1)),
        new("SumOfSquares", [[4, 3, 6]], x => x[0].SumOfSquares(1)),
        new("Maximum of rows", [[4, 33]], x => x[0].Maximum(1)),
        new("MaximumMagnitude of rows", [[4, 33]], x => x[0].MaximumMagnitude(1)),
        new("Maximum of columns", [[4, 3, 6]], x => x[0].Maximum(0, 2)),
    ];
}
