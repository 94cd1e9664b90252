namespace GenKernels.Kernels.Normalization;

/// <summary>Allocates the gradients of weights and biases.</summary>
internal static class ParameterGradient
{
    /// <param name="parameter">The weight or bias; or null.</param>
    /// <param name="x">The input of the normalisation.</param>
    /// <returns>
    /// An uninitialised tensor like the parameter, of zeros if <paramref name="x"/> is empty; null without a parameter.
    /// </returns>
    internal static Tensor? Of(Tensor? parameter, Tensor x) =>
        parameter is null ? null
        : x.ElementCount == 0 ? Tensor.Zeros(parameter.Shape, parameter.Type, parameter.Device)
        : Tensor.Empty(parameter.Shape, parameter.Type, parameter.Device);
}
