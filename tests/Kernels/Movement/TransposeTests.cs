using GenKernels.Kernels.Movement;

namespace GenKernels.Tests.Kernels.Movement;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class TransposeTests(Device device)
{
    // Around the fewest rows that are transposed in tiles, packs of every type and the side of a tile.
    private static readonly (int Rows, int Columns)[] s_sizes =
        [(15, 64), (16, 16), (64, 64), (63, 65), (65, 63), (128, 80), (17, 200), (200, 16), (1, 64)];

    [Test]
    public void EveryTypeIsTransposed([Values] ElementType type)
    {
        foreach ((int rows, int columns) in s_sizes)
        {
            byte[] bytes = [.. Enumerable.Range(0, rows * columns * type.Size()).Select(i => (byte)(i * 37 / 5))];
            using Tensor x = Tensor.Empty([rows, columns], type, device);
            device.CopyFromHost(bytes, x.Address);
            using Tensor y = StridedCopy.Permute(x, 1, 0);
            byte[] actual = new byte[bytes.Length];
            device.CopyToHost(y.Address, actual);

            byte[] expected = new byte[bytes.Length];
            for (int index = 0; index < rows * columns; index++)
            {
                int source = (index % rows * columns) + (index / rows);
                bytes.AsSpan(source * type.Size(), type.Size()).CopyTo(expected.AsSpan(index * type.Size()));
            }

            Assert.That(actual, Is.EqualTo(expected), $"{rows} x {columns}");
        }
    }

    [Test]
    public void OuterAxesStayWhatTheyAre()
    {
        using Tensor x = Counting([2, 66, 3, 2, 72, 2]);
        int[] values = x.ToArray<int>();
        using Tensor inner = x.View([2, 66, 3, 2, 144]);
        using Tensor y = StridedCopy.Permute(inner, 3, 0, 4, 2, 1);  // [2, 2, 144, 3, 66]
        int[] actual = y.ToArray<int>();
        for (int index = 0; index < actual.Length; index++)
        {
            (int b, int d) = (index % 66, index / 66 % 3);
            (int c, int a, int e) = (index / 198 % 144, index / 28512 % 2, index / 57024);
            Assert.That(actual[index], Is.EqualTo(values[(((((((a * 66) + b) * 3) + d) * 2) + e) * 144) + c]));
        }
    }

    [Test]
    public void WeightsOfAnAdjointRunBackwardsOverTheirTaps([Values(1, 2)] int groups, [Values(16, 20)] int outputs)
    {
        using Tensor w = Counting([groups * outputs, 1, 3, 3, 24]);
        using Tensor adjoint = StridedCopy.AdjointWeights(w, groups);
        (int[] values, int[] actual) = (w.ToArray<int>(), adjoint.ToArray<int>());
        for (int index = 0; index < actual.Length; index++)
        {
            (int output, int tap, int input) = (index % outputs, index / outputs % 9, index / outputs / 9);
            int row = (input / 24 * outputs) + output;
            Assert.That(actual[index], Is.EqualTo(values[(((row * 9) + 8 - tap) * 24) + (input % 24)]));
        }
    }

    [Test]
    public void ShortRowsColumnsAndBordersAreCopiedOtherwise()
    {
        Assert.Multiple(() =>
        {
            Assert.That(IsTransposed(Axis(64, 1, 64), Axis(64, 64, 1)), Is.True);
            Assert.That(IsTransposed(Axis(64, 1, 15), Axis(15, 64, 1)), Is.False, "few rows");
            Assert.That(IsTransposed(Axis(15, 1, 64), Axis(64, 15, 1)), Is.False, "few columns");
            Assert.That(IsTransposed(Axis(64, 64, 64), Axis(64, 1, 1)), Is.False, "the same axis is innermost");
            Assert.That(IsTransposed(Axis(64, 1, 64), Axis(64, 0, 1)), Is.False, "broadcast");
            Assert.That(IsTransposed(Axis(64, 1, 64), Axis(64, 64, 1) with { Start = -1 }), Is.False, "border before");
            Assert.That(IsTransposed(Axis(64, 1, 64), Axis(64, 64, 1) with { Start = 1 }), Is.False, "border after");
        });
    }

    private static bool IsTransposed(params CopyAxis[] axes) => TransposePlan.Of(new CopyPlan(axes)) is not null;

    private static CopyAxis Axis(int size, long sourceStride, long targetStride) =>
        new(size, 0, 1, size, sourceStride, targetStride);

    /// <summary>Every element is its index.</summary>
    private Tensor Counting(Shape shape) =>
        Tensor.From([.. Enumerable.Range(0, (int)shape.ElementCount)], shape, device);
}
