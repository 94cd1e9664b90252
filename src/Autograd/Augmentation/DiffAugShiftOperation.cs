using Shift = GenKernels.Kernels.Augmentation.DiffAugShift;

namespace GenKernels.Autograd;

/// <summary>Translation of whole clips by whole pixels, and cutout of a rectangle.</summary>
public static class DiffAugShiftOperation
{
    /// <summary>Differentiable to any order, as it is linear.</summary>
    /// <inheritdoc cref="Kernels.Augmentation.DiffAugShift.Forward"/>
    public static Variable DiffAugShift(
        this Variable x, Tensor? rows, Tensor? columns, Tensor? cutoutRows, Tensor? cutoutColumns, bool adjoint = false)
    {
        Tensor value = Shift.Forward(x.Value, rows, columns, cutoutRows, cutoutColumns, adjoint);
        return Variable.FromOperation(nameof(DiffAugShift), value, [x], (_, g) =>
            [g.DiffAugShift(rows, columns, cutoutRows, cutoutColumns, !adjoint)]);
    }
}
