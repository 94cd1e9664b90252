namespace GenKernels.Autograd;

/// <content>The family <c>Diffusion</c>.</content>
public static partial class OpCatalog
{
    private static OpSample[] Diffusion() =>
    [
        new("ForwardDiffusion", [[3, 2, 5], [3, 2, 5]], x => x[0].ForwardDiffusion(
            x[1], Integers(x[0], 2, 0, 1), Floats(x[0], 0.9f, 0.5f, 0.1f), Floats(x[0], 0.1f, 0.7f, 0.9f))),
        new("ForwardDiffusion of nothing", [[0, 5], [0, 5]], x => x[0].ForwardDiffusion(
            x[1], Integers(x[0]), Floats(x[0], 0.9f), Floats(x[0], 0.1f))),
        new("ScaleByLevel", [[2, 7]], x => x[0].ScaleByLevel(Integers(x[0], 1, 0), Floats(x[0], -0.5f, 1.5f))),
    ];
}
