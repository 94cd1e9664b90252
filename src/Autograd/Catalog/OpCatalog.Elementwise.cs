using GenKernels.Kernels.Elementwise;

namespace GenKernels.Autograd;

/// <content>The family <c>Elementwise</c>.</content>
public static partial class OpCatalog
{
    private static OpSample[] Elementwise() =>
    [
        new("Add", [[3, 5], [3, 5]], x => x[0] + x[1]),
        new("Add with a row", [[2, 3, 5], [5]], x => x[0] + x[1]),
        new("Add with nothing", [[0, 5], [5]], x => x[0] + x[1]),
        new("Subtract with a column", [[3, 5], [3, 1]], x => x[0] - x[1]),
        new("Multiply", [[33], [33]], x => x[0] * x[1]),
        new("Multiply by a style", [[2, 3, 2, 2, 4], [2, 3, 1, 1, 4]], x => x[0] * x[1]),
        new("Multiply on both sides", [[2, 1, 4], [1, 3, 1]], x => x[0] * x[1]),
        new("Multiply by a scalar", [[7], []], x => x[0] * x[1]),
        new("Divide", [[3, 5], [3, 5]], x => x[0] / x[1], Positive: true),
        new("Divide by a row", [[3, 5], [5]], x => x[0] / x[1], Positive: true),
        new("Affine", [[31]], x => x[0].Affine(1.5f, -2)),
        new("Square", [[33]], x => x[0].Square()),
        new("Sqrt", [[9]], x => x[0].Sqrt(), Positive: true),
        new("ReciprocalSqrt", [[9]], x => x[0].ReciprocalSqrt(), Positive: true),
        new("Reciprocal", [[9]], x => x[0].Reciprocal(), Positive: true),
        new("Exp", [[9]], x => x[0].Exp()),
        new("Log", [[9]], x => x[0].Log(), Positive: true),
        new("Abs", [[9]], x => x[0].Abs()),
        new("Sin", [[9]], x => x[0].Sin()),
        new("Cos", [[9]], x => x[0].Cos()),
        new("Tanh", [[9]], x => x[0].Tanh()),
        new("Cast", [[9]], x => x[0].Cast(ElementType.Float64).Cast(x[0].Type)),
        new("Cast and scale", [[9]], x => x[0].Cast(ElementType.Float64, 0.75f).Cast(x[0].Type, -3)),
        new("Silu", [[9]], x => x[0].Silu()),
        new("Gelu", [[9]], x => x[0].Gelu()),
        new("QuickGelu", [[9]], x => x[0].QuickGelu()),
        new("Sigmoid", [[9]], x => x[0].Sigmoid()),
        new("Softplus", [[9]], x => x[0].Softplus()),
        new("Geglu", [[3, 2, 34]], x => x[0].Geglu()),
        new("Geglu of nothing", [[0, 4]], x => x[0].Geglu()),
        new("Geglu, composed", [[3, 2, 10]], x => x[0].GegluComposed()),
        .. Enum.GetValues<Activation>().SelectMany(Activated),
    ];

    private static OpSample[] Activated(Activation activation) =>
    [
        new($"BiasActivation {activation}", [[2, 3, 5], [5]], x => x[0].BiasActivation(x[1], activation)),
        new($"BiasActivation {activation} clamped", [[37]], x =>
            x[0].BiasActivation(null, new BiasActivationOptions(activation, 1.7f, 0.9f, 0.3f))),
        new($"BiasActivation {activation} and a residual", [[2, 3, 5], [5], [2, 3, 5]], x =>
            x[0].BiasActivation(x[1], new BiasActivationOptions(activation, 1.7f, 0.9f, 0.3f), x[2])),
    ];
}
