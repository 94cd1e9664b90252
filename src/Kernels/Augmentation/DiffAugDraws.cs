namespace GenKernels.Kernels.Augmentation;

/// <summary>
/// The draws of DiffAugment for videos, one number a clip, shared by its frames, all <c>[N]</c>. A part whose draws are
/// null is left out.
/// </summary>
/// <param name="Brightness">Uniform in [0, 1), 32-bit floats; the three of the colour come together.</param>
/// <param name="Saturation">As <paramref name="Brightness"/>.</param>
/// <param name="Contrast">As <paramref name="Brightness"/>.</param>
/// <param name="Rows">Translation in rows, 32-bit integers within ± <see cref="DiffAugShift.LargestShift"/>.</param>
/// <param name="Columns">Translation in columns, as <paramref name="Rows"/>.</param>
/// <param name="CutoutRows">
/// The cut rectangle's middle row, 32-bit integers below <see cref="DiffAugShift.CutoutPlaces"/> of the height.
/// </param>
/// <param name="CutoutColumns">Its middle column, below that of the width.</param>
public sealed record DiffAugDraws(
    Tensor? Brightness = null, Tensor? Saturation = null, Tensor? Contrast = null,
    Tensor? Rows = null, Tensor? Columns = null, Tensor? CutoutRows = null, Tensor? CutoutColumns = null);
