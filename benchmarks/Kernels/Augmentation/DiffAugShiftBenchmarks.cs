using GenKernels.Kernels.Augmentation;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Kernels.Augmentation;

/// <summary>DiffAug's translation and cutout of clips before the discriminator.</summary>
public class DiffAugShiftBenchmarks : KernelBenchmarks
{
    private static readonly int[] s_row = [3, -5, 0, 9];
    private static readonly int[] s_column = [-4, 16, 0, -16];
    private static readonly int[] s_cutRow = [0, 18, 36, 7];
    private static readonly int[] s_cutColumn = [64, 20, 0, 31];
    private static readonly DeviceConstant<int> s_rows = new(s_row);
    private static readonly DeviceConstant<int> s_columns = new(s_column);
    private static readonly DeviceConstant<int> s_cutRows = new(s_cutRow);
    private static readonly DeviceConstant<int> s_cutColumns = new(s_cutColumn);

    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases => [Shift([4, 128, 36, 64, 3]), Shift([4, 16, 36, 64, 3])];

    private static KernelCase Shift(Shape shape)
    {
        (int height, int width, int channels) = (shape[2], shape[3], shape[4]);
        return new KernelCase(
            $"DiffAugShift {shape}", [shape], shape,
            inputs => DiffAugShift.Forward(
                inputs[0], s_rows.Value, s_columns.Value, s_cutRows.Value, s_cutColumns.Value),
            (inputs, index) =>
            {
                int clip = (int)(index / shape.Product(1, 5));
                int column = (int)(index / channels % width), row = (int)(index / channels / width % height);
                if (IsCut(row, s_cutRow[clip], height) && IsCut(column, s_cutColumn[clip], width)) return 0;
                if (row + s_row[clip] < 0 || row + s_row[clip] >= height) return 0;
                if (column + s_column[clip] < 0 || column + s_column[clip] >= width) return 0;
                return inputs[0][index + (((s_row[clip] * width) + s_column[clip]) * channels)];
            });
    }

    /// <summary>Parts of the rectangle beyond an edge are clamped to the edge.</summary>
    private static bool IsCut(int place, int middle, int size)
    {
        int first = middle - (DiffAugShift.CutoutSize(size) / 2);
        int last = first + DiffAugShift.CutoutSize(size) - 1;
        return place >= Math.Clamp(first, 0, size - 1) && place <= Math.Clamp(last, 0, size - 1);
    }
}
