using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.Random;

namespace GenKernels.Autograd;

/// <summary>A tensor that training changes; a leaf of every record that it is used in.</summary>
public sealed class Parameter : IDisposable
{
    /// <param name="value">The numbers, floats; the parameter disposes them, at once where it refuses them.</param>
    /// <param name="layout">How a state dict holds them; as they are by default.</param>
    /// <exception cref="ArgumentException">
    /// The value holds no floats, or another number of them than the layout.
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

    /// <summary>The leaf. It stays the same object when its tensor is moved to another memory.</summary>
    public Variable Value { get; }

    /// <summary>How a state dict holds it.</summary>
    public StateLayout Layout { get; }

    public static implicit operator Variable(Parameter parameter) => parameter.Value;

    /// <param name="shape">Of the parameter.</param>
    /// <param name="deviation">Standard deviation, not negative.</param>
    /// <param name="generator">Draws the numbers, on its device.</param>
    /// <param name="layout">How a state dict holds it; as it is by default.</param>
    /// <param name="type">A float type.</param>
    /// <returns>A parameter of normal numbers of mean 0; the caller or its module disposes it.</returns>
    public static Parameter Normal(
        Shape shape, float deviation, RandomGenerator generator, StateLayout? layout = null,
        ElementType type = ElementType.Float32)
    {
        Tensor value = generator.Normal(shape, type);
        if (deviation != 1) Unary.Into(UnaryKind.Affine, value, value, deviation, 0);
        return new Parameter(value, layout);
    }

    /// <param name="shape">Of the parameter.</param>
    /// <param name="bound">The numbers lie in [-bound, bound); positive.</param>
    /// <param name="generator">Draws the numbers, on its device.</param>
    /// <param name="layout">How a state dict holds it; as it is by default.</param>
    /// <param name="type">A float type.</param>
    /// <returns>A parameter of evenly spread numbers; the caller or its module disposes it.</returns>
    public static Parameter Uniform(
        Shape shape, float bound, RandomGenerator generator, StateLayout? layout = null,
        ElementType type = ElementType.Float32)
    {
        Tensor value = generator.Uniform(shape, type);
        Unary.Into(UnaryKind.Affine, value, value, 2 * bound, -bound);
        return new Parameter(value, layout);
    }

    /// <param name="shape">Of the parameter.</param>
    /// <param name="value">Of every element.</param>
    /// <param name="device">Where it lies.</param>
    /// <param name="layout">How a state dict holds it; as it is by default.</param>
    /// <param name="type">A float type.</param>
    /// <returns>A parameter of one value; the caller or its module disposes it.</returns>
    public static Parameter Full(
        Shape shape, float value, Device device, StateLayout? layout = null, ElementType type = ElementType.Float32) =>
        new(Variable.Full(shape, value, type, device).Value, layout);

    /// <inheritdoc/>
    public void Dispose() => Value.Value.Dispose();

    /// <summary>
    /// Moves the numbers to another memory of the same shape, which the parameter disposes from now on.
    /// </summary>
    internal void MoveTo(Tensor place)
    {
        place.CopyFrom(Value.Value);
        Value.Value.Dispose();
        Value.Value = place.Unscoped();
    }
}
