namespace GenKernels.Autograd;

/// <content>The family <c>Augmentation</c>.</content>
public static partial class OpCatalog
{
    private static OpSample[] Augmentation() => [];
}
