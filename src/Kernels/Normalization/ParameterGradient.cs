namespace GenKernels.Kernels.Normalization;

/// <summary>Room for the gradients of weights and biases.</summary>
internal static class ParameterGradient
{
    /// <param name="parameter">Whose gradient it is; or null.</param>
    /// <param name="x">What was normalised.</param>
    /// <returns>
    /// A tensor like the parameter, 0 where nothing was normalised; null where there is no parameter.
    /// </returns>
    internal static Tensor? Of(Tensor? parameter, Tensor x) =>
        parameter is null ? null
        : x.ElementCount == 0 ? Tensor.Zeros(parameter.Shape, parameter.Type, parameter.Device)
        : Tensor.Empty(parameter.Shape, parameter.Type, parameter.Device);
}
