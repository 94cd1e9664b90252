namespace GenKernels.Autograd;

/// <summary>
/// A tensor with the operation that made it. Operations on variables are recorded while <see cref="GradientMode"/> is
/// on and an input requires a gradient;
/// <see cref="Gradient.Of(Variable, IReadOnlyList{Variable}, Variable?, bool, bool)"/> walks the record back.
/// </summary>
public sealed partial class Variable
{
    /// <param name="value">The tensor; its creator or its scope disposes it.</param>
    /// <param name="requiresGradient">Whether it takes part in differentiation: operations on it are recorded.</param>
    public Variable(Tensor value, bool requiresGradient = false)
    {
        Value = value;
        RequiresGradient = requiresGradient;
    }

    private Variable(Tensor value, Node node)
        : this(value, requiresGradient: true) => Node = node;

    /// <summary>The tensor.</summary>
    public Tensor Value { get; internal set; }

    /// <summary>Whether it takes part in differentiation: operations on it are recorded.</summary>
    public bool RequiresGradient { get; set; }

    /// <summary>The sizes, outermost first.</summary>
    public Shape Shape => Value.Shape;

    /// <summary>The type of every element.</summary>
    public ElementType Type => Value.Type;

    /// <summary>The device that holds the tensor.</summary>
    public Device Device => Value.Device;

    /// <summary>The operation that made it, or null for a leaf.</summary>
    internal Node? Node { get; private set; }

    /// <summary>Whether the value survives the backward that consumes its record.</summary>
    internal bool IsKept { get; private set; }

    /// <summary>Makes the result of an operation, recording the operation where gradients are needed.</summary>
    /// <param name="name">The operation's name, for messages.</param>
    /// <param name="value">Its result.</param>
    /// <param name="inputs">What it was computed from.</param>
    /// <param name="backward">
    /// The VJP: maps the result and its upstream gradient to the gradients of the inputs, in order, written in
    /// variables; null for an input without a gradient.
    /// </param>
    public static Variable FromOperation(
        string name, Tensor value, Variable[] inputs, Func<Variable, Variable, Variable?[]> backward) =>
        FromOperation(name, value, inputs, (output, upstream, _) => backward(output, upstream));

    /// <inheritdoc cref="FromOperation(string, Tensor, Variable[], Func{Variable, Variable, Variable[]})"/>
    /// <param name="name">The operation's name, for messages.</param>
    /// <param name="value">Its result.</param>
    /// <param name="inputs">What it was computed from.</param>
    /// <param name="backward">
    /// The same, also told which inputs need a gradient, so that the others cost nothing.
    /// </param>
    /// <param name="saved">
    /// Tensors, or what holds some, that only <paramref name="backward"/> reads: freed when the record is consumed, or
    /// at once where nothing is recorded.
    /// </param>
    public static Variable FromOperation(
        string name, Tensor value, Variable[] inputs, Func<Variable, Variable, bool[], Variable?[]> backward,
        params IDisposable[] saved)
    {
        AnomalyMode.Check(name, value, inputs);
        if (GradientMode.Records(inputs)) return new Variable(value, new Node(name, inputs, backward, saved));
        foreach (IDisposable each in saved) each.Dispose();
        return new Variable(value);
    }

    /// <returns>An optional input as part of an operation's inputs: itself, or none.</returns>
    internal static Variable[] Given(Variable? input) => input is null ? [] : [input];

    /// <returns>A leaf with the same tensor.</returns>
    public Variable Detach() => new(Value);

    /// <summary>Makes the value survive the backward that consumes its record, to be read afterwards.</summary>
    /// <returns>This variable.</returns>
    public Variable Keep()
    {
        IsKept = true;
        return this;
    }

    /// <returns>The value of a variable with one element.</returns>
    /// <exception cref="ShapeException">The variable does not have exactly one element.</exception>
    public double ToScalar()
    {
        Require.That(Value.ElementCount == 1, $"a scalar has one element, got shape {Shape}");
        return Type switch
        {
            ElementType.Float64 => Value.ToArray<double>()[0],
            ElementType.Float32 => Value.ToArray<float>()[0],
            ElementType.Float16 => (double)Value.ToArray<Half>()[0],
            ElementType.BFloat16 => (float)Value.ToArray<BFloat16>()[0],
            _ => throw new ArgumentException($"{Type} holds no floats"),
        };
    }

    /// <inheritdoc/>
    public override string ToString() => Node is null ? $"leaf {Value}" : $"{Node.Name} {Value}";
}
