using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.Random;

namespace GenKernels.Autograd;

/// <summary>A trainable tensor; a leaf of every record that it is used in.</summary>
public sealed class Parameter : IDisposable
{
    /// <param name="value">A tensor of floats; the parameter disposes it, at once where the constructor throws.</param>
    /// <param name="layout">How a state dict stores it; unchanged by default.</param>
    /// <exception cref="ArgumentException">
    /// The tensor does not hold floats, or its number of elements differs from the layout's.
    /// </exception>
    public Parameter(Tensor value, StateLayout? layout = null)
    {
        Layout = layout ?? StateLayout.Identity(value.Shape);
        try
        {
            Require.Float(value);
            Layout.RequireFits(value);
        }
        catch
        {
            value.Dispose();
            throw;
        }

        Value = new Variable(value.Unscoped(), requiresGradient: true);
    }

    /// <summary>The leaf, which stays the same object when its tensor is moved to other memory.</summary>
    public Variable Value { get; }

    /// <summary>How a state dict stores it.</summary>
    public StateLayout Layout { get; }

    public static implicit operator Variable(Parameter parameter) => parameter.Value;

    /// <param name="shape">The shape of the parameter.</param>
    /// <param name="deviation">Standard deviation, not negative.</param>
    /// <param name="generator">Draws the values, on its device.</param>
    /// <param name="layout">How a state dict stores it; unchanged by default.</param>
    /// <param name="type">A float type.</param>
    /// <returns>A parameter of normally distributed values of mean 0; the caller or its module disposes it.</returns>
    public static Parameter Normal(
        Shape shape, float deviation, RandomGenerator generator, StateLayout? layout = null,
        ElementType type = ElementType.Float32)
    {
        Tensor value = generator.Normal(shape, type);
        if (deviation != 1) Unary.Into(UnaryKind.Affine, value, value, deviation, 0);
        return new Parameter(value, layout);
    }

    /// <param name="shape">The shape of the parameter.</param>
    /// <param name="bound">The bound of the values, which are in [-bound, bound); positive.</param>
    /// <param name="generator">Draws the values, on its device.</param>
    /// <param name="layout">How a state dict stores it; unchanged by default.</param>
    /// <param name="type">A float type.</param>
    /// <returns>A parameter of uniformly distributed values; the caller or its module disposes it.</returns>
    public static Parameter Uniform(
        Shape shape, float bound, RandomGenerator generator, StateLayout? layout = null,
        ElementType type = ElementType.Float32)
    {
        Tensor value = generator.Uniform(shape, type);
        Unary.Into(UnaryKind.Affine, value, value, 2 * bound, -bound);
        return new Parameter(value, layout);
    }

    /// <param name="shape">The shape of the parameter.</param>
    /// <param name="value">The value of every element.</param>
    /// <param name="device">The device that holds it.</param>
    /// <param name="layout">How a state dict stores it; unchanged by default.</param>
    /// <param name="type">A float type.</param>
    /// <returns>A constant parameter; the caller or its module disposes it.</returns>
    public static Parameter Full(
        Shape shape, float value, Device device, StateLayout? layout = null, ElementType type = ElementType.Float32) =>
        new(Variable.Full(shape, value, type, device).Value, layout);

    /// <inheritdoc/>
    public void Dispose() => Value.Value.Dispose();

    /// <summary>
    /// Copies the values into another tensor of the same shape, which the parameter owns from now on.
    /// </summary>
    internal void MoveTo(Tensor place)
    {
        place.CopyFrom(Value.Value);
        Value.Value.Dispose();
        Value.Value = place.Unscoped();
    }
}
