namespace GenKernels.Kernels.Augmentation;

/// <summary>
/// The draws of DiffAugment for videos, all <c>[N]</c>: one number per clip, shared by its frames. An augmentation
/// whose draws are null is skipped.
/// </summary>
/// <param name="Brightness">Uniform in [0, 1), Float32; the three colour draws are all given or all null.</param>
/// <param name="Saturation">As <paramref name="Brightness"/>.</param>
/// <param name="Contrast">As <paramref name="Brightness"/>.</param>
/// <param name="Rows">Translation in rows, Int32 within ± <see cref="DiffAugShift.LargestShift"/>.</param>
/// <param name="Columns">Translation in columns, as <paramref name="Rows"/>.</param>
/// <param name="CutoutRows">
/// Centre row of the cutout, Int32 from 0 to below <see cref="DiffAugShift.CutoutPlaces"/> of the height.
/// </param>
/// <param name="CutoutColumns">Centre column of the cutout, likewise for the width.</param>
public sealed record DiffAugDraws(
    Tensor? Brightness = null, Tensor? Saturation = null, Tensor? Contrast = null,
    Tensor? Rows = null, Tensor? Columns = null, Tensor? CutoutRows = null, Tensor? CutoutColumns = null);
