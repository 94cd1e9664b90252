using System.Runtime.CompilerServices;

namespace GenKernels.Runtime;

/// <summary>Argument checks of the public API. A message names the caller, what was required and what it got.</summary>
public static class Require
{
    /// <exception cref="ShapeException"><paramref name="tensor"/> has another rank.</exception>
    public static void Rank(
        Tensor tensor, int rank,
        [CallerArgumentExpression(nameof(tensor))] string name = "", [CallerFilePath] string caller = "")
    {
        if (tensor.Shape.Rank == rank) return;
        throw new ShapeException($"{Stem(caller)}: {name} must have rank {rank}, got shape {tensor.Shape}");
    }

    /// <exception cref="ShapeException">
    /// <paramref name="tensor"/> has another shape; a negative size stands for any.
    /// </exception>
    public static void Shape(
        Tensor tensor, ReadOnlySpan<int> sizes,
        [CallerArgumentExpression(nameof(tensor))] string name = "", [CallerFilePath] string caller = "")
    {
        bool fits = tensor.Shape.Rank == sizes.Length;
        for (int axis = 0; fits && axis < sizes.Length; axis++)
        {
            fits = sizes[axis] < 0 || sizes[axis] == tensor.Shape[axis];
        }

        if (fits) return;
        string needed = string.Join(", ", sizes.ToArray().Select(size => size < 0 ? "*" : size.ToString()));
        throw new ShapeException($"{Stem(caller)}: {name} must have shape [{needed}], got {tensor.Shape}");
    }

    /// <returns>
    /// The number of elements in axes <paramref name="first"/> up to but not including <paramref name="end"/>, as the
    /// 32-bit integer that kernels take.
    /// </returns>
    /// <exception cref="ShapeException">There are 2^31 or more.</exception>
    public static int Product(
        Tensor tensor, int first, int end,
        [CallerArgumentExpression(nameof(tensor))] string name = "", [CallerFilePath] string caller = "")
    {
        long product = tensor.Shape.Product(first, end);
        if (product <= int.MaxValue) return (int)product;
        throw new ShapeException(
            $"{Stem(caller)}: axes {first} to {end - 1} of {name} must have less than 2^31 elements, got shape "
            + $"{tensor.Shape}");
    }

    /// <exception cref="ArgumentException">The two differ in shape, type or device.</exception>
    public static void Same(
        Tensor left, Tensor right,
        [CallerArgumentExpression(nameof(left))] string leftName = "",
        [CallerArgumentExpression(nameof(right))] string rightName = "", [CallerFilePath] string caller = "")
    {
        if (left.Shape == right.Shape && left.Type == right.Type && left.Device == right.Device) return;
        throw new ShapeException(
            $"{Stem(caller)}: {leftName} and {rightName} must agree in shape, type and device, got {left} and {right}");
    }

    /// <exception cref="ArgumentException">The two differ in type or device.</exception>
    public static void SameKind(
        Tensor left, Tensor right,
        [CallerArgumentExpression(nameof(left))] string leftName = "",
        [CallerArgumentExpression(nameof(right))] string rightName = "", [CallerFilePath] string caller = "")
    {
        if (left.Type == right.Type && left.Device == right.Device) return;
        throw new ArgumentException(
            $"{Stem(caller)}: {leftName} and {rightName} must agree in type and device, got {left} and {right}");
    }

    /// <exception cref="ShapeException">
    /// <paramref name="tensor"/> does not hold <paramref name="type"/>, or lies elsewhere.
    /// </exception>
    public static void Kind(
        Tensor tensor, ElementType type, Device device,
        [CallerArgumentExpression(nameof(tensor))] string name = "", [CallerFilePath] string caller = "")
    {
        if (tensor.Type == type && tensor.Device == device) return;
        throw new ShapeException($"{Stem(caller)}: {name} must hold {type} on {device}, got {tensor}");
    }

    /// <exception cref="ArgumentException"><paramref name="tensor"/> does not hold floats.</exception>
    public static void Float(
        Tensor tensor, [CallerArgumentExpression(nameof(tensor))] string name = "", [CallerFilePath] string caller = "")
    {
        if (tensor.Type.IsFloat()) return;
        throw new ArgumentException($"{Stem(caller)}: {name} must hold floats, got {tensor}");
    }

    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is not positive and finite.</exception>
    public static void Positive(
        double value, [CallerArgumentExpression(nameof(value))] string name = "", [CallerFilePath] string caller = "")
    {
        if (value > 0 && double.IsFinite(value)) return;
        throw new ArgumentOutOfRangeException(name, $"{Stem(caller)}: {name} must be positive and finite, got {value}");
    }

    /// <exception cref="ArgumentException"><paramref name="condition"/> does not hold.</exception>
    public static void That(
        bool condition, [InterpolatedStringHandlerArgument(nameof(condition))] ref RequireMessage message,
        [CallerFilePath] string caller = "")
    {
        if (!condition) throw new ShapeException($"{Stem(caller)}: {message.ToString()}");
    }

    private static string Stem(string caller) => Path.GetFileNameWithoutExtension(caller.Replace('\\', '/'));
}
