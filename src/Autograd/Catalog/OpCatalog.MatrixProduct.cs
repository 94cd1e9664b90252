namespace GenKernels.Autograd;

/// <content>The family <c>MatrixProduct</c>.</content>
public static partial class OpCatalog
{
    private static OpSample[] MatrixProduct() => [];
}
