namespace GenKernels.Autograd;

/// <summary>
/// Gradient checkpointing trades time for memory: a function's intermediate results are freed at once, and recomputed
/// when backward reaches it. Values and gradients of every order are the same as without.
/// </summary>
/// <remarks>Chen et al. 2016, Training Deep Nets with Sublinear Memory Cost, section 4.1.</remarks>
public static class Checkpointing
{
    /// <param name="function">
    /// Maps the inputs to a result. It runs again in backward and must then compute the same: it must draw no random
    /// numbers and change no state.
    /// </param>
    /// <param name="inputs">Passed to <paramref name="function"/>; at least one. They must live until backward.</param>
    /// <param name="parameters">Every other variable that the function uses and that needs a gradient.</param>
    /// <returns>The result; the caller, its scope or backward disposes it.</returns>
    public static Variable Run(
        Func<Variable[], Variable> function, IReadOnlyList<Variable> inputs, IReadOnlyList<Variable> parameters)
    {
        Require.That(inputs.Count > 0, $"a function needs at least one input");

        Variable[] sources = [.. inputs, .. parameters.Distinct<Variable>(ReferenceEqualityComparer.Instance)];
        Tensor value = Forward(function, [.. inputs]);
        return Variable.FromOperation(
            "Checkpoint", value, sources,
            (_, upstream, needed) => Backward(function, inputs.Count, sources, upstream, needed));
    }

    /// <inheritdoc cref="Run(Func{Variable[], Variable}, IReadOnlyList{Variable}, IReadOnlyList{Variable})"/>
    /// <param name="function">Maps the input to a result; see the other overload.</param>
    /// <param name="input">Passed to <paramref name="function"/>; it must live until backward.</param>
    /// <param name="module">The module whose parameters the function uses.</param>
    public static Variable Run(Func<Variable, Variable> function, Variable input, Module module) =>
        Run(
            inputs => function(inputs[0]), [input],
            [.. module.NamedParameters().Select(entry => entry.Parameter.Value)]);

    private static Tensor Forward(Func<Variable[], Variable> function, Variable[] inputs)
    {
        using IDisposable mode = GradientMode.Disable();
        using TensorScope scope = inputs[0].Device.Scope();
        Tensor value = function(inputs).Value;

        // A view, as backward frees results: the function may return what is not its own, such as an input.
        return scope.Keep(value.View(value.Shape));
    }

    private static Variable?[] Backward(
        Func<Variable[], Variable> function, int inputCount, Variable[] sources, Variable upstream, bool[] needed)
    {
        bool differentiable = GradientMode.IsEnabled;
        Variable[] again = [.. sources];
        Variable result;
        using (GradientMode.Set(enabled: true))
        {
            // The same variable may be passed twice, or be a parameter too: each position gets its own variable.
            for (int index = 0; index < inputCount; index++)
            {
                again[index] = differentiable
                    ? Alias(sources[index])
                    : new Variable(sources[index].Value, needed[index]);
            }

            result = function(again[..inputCount]);
        }

        int[] places = [.. Enumerable.Range(0, sources.Length).Where(index => needed[index])];
        Variable?[] found = Gradient.Within(
            result, Array.ConvertAll(places, index => again[index]), upstream, differentiable);
        Variable?[] gradients = new Variable?[sources.Length];
        for (int index = 0; index < places.Length; index++) gradients[places[index]] = found[index];
        return gradients;
    }

    private static Variable Alias(Variable x) =>
        Variable.FromOperation(nameof(Alias), x.Value.View(x.Shape), [x], (_, g) => [g]);
}
