namespace GenKernels.Runtime;

/// <summary>A matrix product of cuBLAS that a recorded step makes; see <see cref="CudaBlas.Multiply"/>.</summary>
internal sealed class RecordedProduct(
    ElementType type, CudaProductShape product, double alpha, TracedPlace a, TracedPlace b, double beta, TracedPlace c)
    : RecordedWork("cuBLAS product")
{
    private readonly TracedPlace[] _places = [a, b, c];

    internal override ReadOnlySpan<TracedPlace> Places => _places;

    internal override void Run(Device device) => ((CudaDevice)device).Blas.Multiply(
        type, product, alpha, _places[0].Address, _places[1].Address, beta, _places[2].Address);
}
