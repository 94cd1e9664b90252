using Shift = GenKernels.Kernels.Augmentation.DiffAugShift;

namespace GenKernels.Autograd;

/// <summary>Translation of whole clips by pixels, and a rectangle cut out of them.</summary>
public static class DiffAugShiftOperation
{
    /// <summary>Differentiable to any order: linear, and its adjoint's adjoint is itself.</summary>
    /// <inheritdoc cref="Kernels.Augmentation.DiffAugShift.Forward"/>
    public static Variable DiffAugShift(
        this Variable x, Tensor? rows, Tensor? columns, Tensor? cutoutRows, Tensor? cutoutColumns, bool adjoint = false)
    {
        Tensor value = Shift.Forward(x.Value, rows, columns, cutoutRows, cutoutColumns, adjoint);
        return Variable.FromOperation(nameof(DiffAugShift), value, [x], (_, g) =>
            [g.DiffAugShift(rows, columns, cutoutRows, cutoutColumns, !adjoint)]);
    }
}
