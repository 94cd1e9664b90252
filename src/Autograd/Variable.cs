namespace GenKernels.Autograd;

/// <summary>
/// A tensor and how it came about. Operations on variables record themselves while <see cref="GradientMode"/> is on and
/// an input asks for gradients; <see cref="Gradient.Of(Variable, IReadOnlyList{Variable}, Variable?, bool, bool)"/>
/// walks the record back.
/// </summary>
public sealed partial class Variable
{
    /// <param name="value">The tensor; whoever made it, or its scope, disposes it.</param>
    /// <param name="requiresGradient">Whether operations on it are recorded.</param>
    public Variable(Tensor value, bool requiresGradient = false)
    {
        Value = value;
        RequiresGradient = requiresGradient;
    }

    private Variable(Tensor value, Node node)
        : this(value, requiresGradient: true) => Node = node;

    /// <summary>The numbers.</summary>
    public Tensor Value { get; internal set; }

    /// <summary>Whether operations on it are recorded.</summary>
    public bool RequiresGradient { get; set; }

    /// <summary>The sizes, outermost first.</summary>
    public Shape Shape => Value.Shape;

    /// <summary>The type of every element.</summary>
    public ElementType Type => Value.Type;

    /// <summary>Where the numbers lie.</summary>
    public Device Device => Value.Device;

    /// <summary>The operation that made it, or null for a leaf.</summary>
    internal Node? Node { get; private set; }

    /// <summary>Whether backward leaves the value alone when it has consumed the record around it.</summary>
    internal bool IsKept { get; private set; }

    /// <summary>Makes the result of an operation of one or several inputs.</summary>
    /// <param name="name">Of the operation, for messages.</param>
    /// <param name="value">Its result.</param>
    /// <param name="inputs">What it was computed from.</param>
    /// <param name="backward">
    /// From the result and the gradient that arrives at it, the gradients of the inputs in order, written in variables;
    /// null for an input that none flows to.
    /// </param>
    public static Variable FromOperation(
        string name, Tensor value, Variable[] inputs, Func<Variable, Variable, Variable?[]> backward) =>
        FromOperation(name, value, inputs, (output, upstream, _) => backward(output, upstream));

    /// <inheritdoc cref="FromOperation(string, Tensor, Variable[], Func{Variable, Variable, Variable[]})"/>
    /// <param name="name">Of the operation, for messages.</param>
    /// <param name="value">Its result.</param>
    /// <param name="inputs">What it was computed from.</param>
    /// <param name="backward">
    /// As above; told too for which inputs a gradient is asked, so that the others cost nothing.
    /// </param>
    /// <param name="saved">
    /// What only <paramref name="backward"/> reads besides: freed when the record is consumed, or at once where
    /// there is none.
    /// </param>
    public static Variable FromOperation(
        string name, Tensor value, Variable[] inputs, Func<Variable, Variable, bool[], Variable?[]> backward,
        Tensor? saved = null)
    {
        AnomalyMode.Check(name, value, inputs);
        if (GradientMode.Records(inputs)) return new Variable(value, new Node(name, inputs, backward, saved));
        saved?.Dispose();
        return new Variable(value);
    }

    /// <returns>The same numbers without their history.</returns>
    public Variable Detach() => new(Value);

    /// <summary>Keeps the value when backward consumes the record, for whoever reads it afterwards.</summary>
    /// <returns>This variable.</returns>
    public Variable Keep()
    {
        IsKept = true;
        return this;
    }

    /// <returns>The one number of a variable with one element.</returns>
    /// <exception cref="ShapeException">There are more or none.</exception>
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
