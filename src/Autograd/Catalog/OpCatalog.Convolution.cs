namespace GenKernels.Autograd;

/// <content>The family <c>Convolution</c>.</content>
public static partial class OpCatalog
{
    private static OpSample[] Convolution() => [];
}
