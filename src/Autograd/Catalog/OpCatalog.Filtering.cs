namespace GenKernels.Autograd;

/// <content>The family <c>Filtering</c>.</content>
public static partial class OpCatalog
{
    private static OpSample[] Filtering() => [];
}
