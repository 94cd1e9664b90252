using GenKernels.Kernels.MatrixProduct;

namespace GenKernels.Tests.Kernels.MatrixProduct;

/// <summary>
/// Until it is disposed, the CPU's kernels multiply matrices themselves, as where OpenBLAS is missing.
/// </summary>
public sealed class OwnProduct : IDisposable
{
    public OwnProduct() => AppContext.SetSwitch(MatMul.OwnProductSwitch, true);

    public void Dispose() => AppContext.SetSwitch(MatMul.OwnProductSwitch, false);
}
