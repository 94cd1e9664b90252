using GenKernels.Kernels.MatrixProduct;

namespace GenKernels.Tests.Kernels.MatrixProduct;

/// <summary>Until disposed, makes the CPU's kernels multiply matrices themselves, as without OpenBLAS.</summary>
public sealed class OwnProduct : IDisposable
{
    public OwnProduct() => AppContext.SetSwitch(MatMul.OwnProductSwitch, true);

    public void Dispose() => AppContext.SetSwitch(MatMul.OwnProductSwitch, false);
}
