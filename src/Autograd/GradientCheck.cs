namespace GenKernels.Autograd;

/// <summary>
/// Compares gradients with central differences in double precision, along one random direction per input.
/// </summary>
public static class GradientCheck
{
    // The error of a central difference is of the order of step² + 1e-16 / step, which is least near 1e-5.
    private const double Step = 1e-5;
    private const double Tolerance = 2e-6;

    /// <param name="function">Maps the inputs to a result of any shape; smooth near the inputs.</param>
    /// <param name="inputs">Of type <see cref="ElementType.Float64"/>; every one is checked.</param>
    /// <param name="order">
    /// 1 checks the gradient; 2 also the gradient as it is differentiable, which may be another computation, and the
    /// second-order gradient.
    /// </param>
    /// <exception cref="GradientCheckException">
    /// A gradient disagrees; the message names the input and gives both values.
    /// </exception>
    public static void Run(Func<Variable[], Variable> function, Tensor[] inputs, int order)
    {
        Random random = new(20231);
        CheckAll("gradient", Value, inputs, random);
        if (order < 2) return;
        CheckAll("differentiable gradient", Value, inputs, new Random(20232), differentiable: true);
        CheckAll("gradient of the gradient", leaves =>
        {
            Variable[] gradients = Gradient.Of(Value(leaves), leaves, differentiable: true);
            Variable sum = WeightedSum(gradients[0], 21);
            for (int index = 1; index < gradients.Length; index++) sum += WeightedSum(gradients[index], 21 + index);
            return sum;
        }, inputs, random);

        Variable Value(Variable[] leaves) => WeightedSum(function(leaves), 11);
    }

    /// <inheritdoc cref="Run(Func{Variable[], Variable}, Tensor[], int)"/>
    public static void Run(Func<Variable, Variable> function, Tensor input, int order) =>
        Run(leaves => function(leaves[0]), [input], order);

    private static void CheckAll(
        string what, Func<Variable[], Variable> scalar, Tensor[] inputs, Random random, bool differentiable = false)
    {
        Device device = inputs[0].Device;
        using TensorScope scope = device.Scope();
        Variable[] leaves = Array.ConvertAll(inputs, input => new Variable(input, requiresGradient: true));
        Variable[] gradients = Gradient.Of(scalar(leaves), leaves, differentiable: differentiable);
        for (int index = 0; index < inputs.Length; index++)
        {
            double[] direction = Directions(inputs[index].ElementCount, random);
            double[] gradient = gradients[index].Value.ToArray<double>();
            double analytic = gradient.Zip(direction, (g, d) => g * d).Sum();
            double above = Shifted(scalar, inputs, index, direction, Step);
            double below = Shifted(scalar, inputs, index, direction, -Step);
            double numeric = (above - below) / (2 * Step);
            double scale = Math.Max(1, Math.Max(Math.Abs(analytic), Math.Abs(numeric)));
            if (Math.Abs(analytic - numeric) <= Tolerance * scale) continue;
            throw new GradientCheckException(
                $"the {what} of input {index} is {analytic:G9} along a random direction, "
                + $"finite differences say {numeric:G9}");
        }
    }

    private static double Shifted(
        Func<Variable[], Variable> scalar, Tensor[] inputs, int index, double[] direction, double step)
    {
        using TensorScope scope = inputs[0].Device.Scope();
        double[] values = inputs[index].ToArray<double>();
        for (int i = 0; i < values.Length; i++) values[i] += step * direction[i];
        Variable[] leaves = Array.ConvertAll(inputs, input => new Variable(input, requiresGradient: true));
        Tensor shifted = Tensor.From(values, inputs[index].Shape, inputs[index].Device);
        leaves[index] = new Variable(shifted, requiresGradient: true);
        return scalar(leaves).ToScalar();
    }

    /// <summary>A sum with fixed random weights, so that no part of the gradient cancels by symmetry.</summary>
    private static Variable WeightedSum(Variable y, int seed)
    {
        double[] weights = Directions(y.Value.ElementCount, new Random(seed));
        return (y * new Variable(Tensor.From(weights, y.Shape, y.Device))).Sum();
    }

    private static double[] Directions(long count, Random random)
    {
        double[] values = new double[count];
        for (int i = 0; i < values.Length; i++) values[i] = (2 * random.NextDouble()) - 1;
        return values;
    }
}
