namespace GenKernels.Models.StyleGan;

/// <summary>A linear layer whose weights start with unit variance and are scaled at run time, so that all layers learn
/// at the same rate.</summary>
/// <remarks>Source: Karras et al. 2018, Progressive Growing of GANs, section 4.1 (equalized learning rate).</remarks>
public sealed class FullyConnected : Module
{
    private readonly Parameter _weight;
    private readonly Parameter _bias;
    private readonly float _weightGain;
    private readonly float _rateFactor;
    private readonly Activation _activation;

    /// <param name="inputs">Channels of the input.</param>
    /// <param name="outputs">Channels of the result.</param>
    /// <param name="initializer">Draws the weights.</param>
    /// <param name="activation">Applied after the bias, with its default gain.</param>
    /// <param name="rateFactor">Learning-rate multiplier; weights and biases are stored divided by it.</param>
    /// <param name="bias">Initial value of the biases.</param>
    /// <param name="layout">How a state dict holds the weights, where that differs from <c>[outputs,
    /// inputs]</c>.</param>
    public FullyConnected(
        int inputs, int outputs, Initializer initializer, Activation activation = Activation.Linear,
        float rateFactor = 1, float bias = 0, StateLayout? layout = null)
    {
        _activation = activation;
        _rateFactor = rateFactor;
        _weightGain = rateFactor / MathF.Sqrt(inputs);
        _weight = Register("weight", initializer.Normal([outputs, inputs], 1 / rateFactor, layout));
        _bias = Register("bias", initializer.Full([outputs], bias / rateFactor));
    }

    /// <param name="x"><c>[N, inputs]</c>.</param>
    /// <returns><c>[N, outputs]</c>.</returns>
    public Variable Forward(Variable x)
    {
        Variable bias = _rateFactor == 1 ? _bias : _bias.Value * _rateFactor;
        return x.Linear(_weight.Value, bias, BiasActivationOptions.For(_activation), scale: _weightGain);
    }
}
