using GenKernels.Kernels.Movement;

namespace GenKernels.Tests.Kernels.Movement;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class StridedCopyTests(Device device)
{
    private static readonly int[][] s_orders =
    [
        [0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 2, 3], [0, 1, 3, 2], [0, 2, 1, 3], [2, 3, 0, 1], [3, 0, 1, 2], [1, 3, 0, 2],
    ];

    [Test]
    public void PermuteMovesTheAxes()
    {
        foreach (int[] order in s_orders)
        {
            using Tensor x = Counting([2, 3, 1, 33]);
            using Tensor y = StridedCopy.Permute(x, order);
            Shape shape = Shape.Create(Array.ConvertAll(order, axis => x.Shape[axis]));
            Assert.That(y.Shape, Is.EqualTo(shape));
            Expect(y, position =>
            {
                int[] source = new int[4];
                for (int axis = 0; axis < 4; axis++) source[order[axis]] = position[axis];
                return Index(x.Shape, source);
            });
        }
    }

    [Test]
    public void PermuteTakesSixAxesAndLongRows()
    {
        using Tensor x = Counting([2, 2, 3, 2, 2, 3]);
        using Tensor y = StridedCopy.Permute(x, 5, 3, 1, 0, 4, 2);
        Expect(y, at => Index(x.Shape, [at[3], at[2], at[5], at[1], at[4], at[0]]));
        using Tensor tall = Counting([4097, 3]);
        using Tensor wide = StridedCopy.Permute(tall, 1, 0);
        Expect(wide, at => Index(tall.Shape, [at[1], at[0]]));
    }

    [Test]
    public void EveryTypeIsMoved([Values] ElementType type)
    {
        byte[] bytes = [.. Enumerable.Range(0, 2 * 5 * type.Size()).Select(index => (byte)(index * 37))];
        using Tensor x = Tensor.Empty([2, 5], type, device);
        device.CopyFromHost(bytes, x.Address);
        using Tensor y = StridedCopy.Permute(x, 1, 0);
        byte[] actual = new byte[bytes.Length];
        device.CopyToHost(y.Address, actual);
        for (int index = 0; index < 10; index++)
        {
            int source = (index % 2 * 5) + (index / 2);
            Assert.That(
                actual.AsSpan(index * type.Size(), type.Size()).ToArray(),
                Is.EqualTo(bytes.AsSpan(source * type.Size(), type.Size()).ToArray()), $"element {index}");
        }
    }

    [Test]
    public void AReflectionDoesNotRepeatTheOutermost([Values(0, 1, 2)] int axis)
    {
        foreach ((int start, int size, int step) in new[] { (-4, 13, 1), (-1, 5, 2), (8, 13, -1), (2, 2, 1) })
        {
            using Tensor x = Counting([5, 5, 5]);
            using Tensor y = StridedCopy.Window(x, axis, start, size, step, Border.Reflect);
            Expect(y, at =>
            {
                int position = Math.Abs(start + (step * at[axis]));
                at[axis] = position > 4 ? 8 - position : position;
                return Index(x.Shape, at);
            });
        }
    }

    [Test]
    public void AnAxisTooShortForItsReflectionIsRefused()
    {
        using Tensor x = Counting([5, 3]);
        Assert.That(
            () => StridedCopy.Window(x, 1, -3, 6, border: Border.Reflect),
            Throws.TypeOf<ShapeException>().With.Message.Contains("axis 1 of [5, 3] is too short to be reflected"));
    }

    [Test]
    public void AConstantLiesAroundAnAxis([Values] FloatType type)
    {
        using Tensor x = TestTensors.Normal([2, 3, 2], seed: 3, device, type.Element());
        using Tensor y = StridedCopy.Pad(x, 1, 2, -1, 1.5);
        Assert.That(y.Shape, Is.EqualTo(Shape.Create([2, 4, 2])));
        double[] values = x.ToDoubles(), actual = y.ToDoubles();
        for (int index = 0; index < actual.Length; index++)
        {
            int position = (index / 2 % 4) - 2;
            double expected = position < 0 ? 1.5 : values[(((index / 8 * 3) + position) * 2) + (index % 2)];
            Assert.That(actual[index], Is.EqualTo(expected), $"element {index}");
        }
    }

    [Test]
    public void WindowTakesWhatLiesWithinAndTheBorderBeyond(
        [Values(0, 1, 2)] int axis, [Values(1, 2, -1, -2)] int step,
        [Values(Border.Zero, Border.Replicate)] Border border)
    {
        (int, int)[] windows = [(0, 5), (0, 3), (2, 3), (-2, 4), (3, 9), (-9, 4), (9, 2), (4, 1), (4, 7), (1, 0)];
        foreach ((int start, int size) in windows)
        {
            using Tensor x = Counting([5, 5, 5]);
            using Tensor y = StridedCopy.Window(x, axis, start, size, step, border);
            Assert.That(y.Shape, Is.EqualTo(x.Shape.With(axis, size)));
            Expect(y, at =>
            {
                int position = start + (step * at[axis]);
                if (border == Border.Zero && position is < 0 or > 4) return -1;
                at[axis] = Math.Clamp(position, 0, 4);
                return Index(x.Shape, at);
            });
        }
    }

    [Test]
    public void AWindowBeyondAnEmptyAxisIsZero()
    {
        using Tensor x = Tensor.Zeros([2, 0, 3], ElementType.Float32, device);
        using Tensor y = StridedCopy.Window(x, 1, -1, 4);
        Assert.That(y.Shape, Is.EqualTo(Shape.Create([2, 4, 3])));
        Assert.That(y.ToArray<float>(), Has.All.Zero);
    }

    [Test]
    public void ExpandRepeats()
    {
        (Shape From, Shape To)[] patterns =
        [
            ([], [3]), ([1], [4097]), ([3, 1, 4], [2, 3, 5, 4]), ([1, 33], [2, 33]), ([2, 1], [2, 33]), ([5], [5]),
            ([1, 2, 1, 2, 1], [3, 2, 3, 2, 3]), ([1, 3], [0, 3]),
        ];
        foreach ((Shape from, Shape to) in patterns)
        {
            using Tensor x = Counting(from);
            using Tensor y = StridedCopy.Expand(x, to);
            Assert.That(y.Shape, Is.EqualTo(to));
            int missing = to.Rank - from.Rank;
            Expect(y, at => Index(from, [.. from.Select((size, axis) => size == 1 ? 0 : at[axis + missing])]));
        }
    }

    [Test]
    public void ConcatenateJoins([Values(0, 1, 2)] int axis)
    {
        Shape shape = [2, 3, 4];
        int[] sizes = [1, 33, 0, 5];
        Tensor[] parts = [.. sizes.Select((size, part) => Counting(shape.With(axis, size), first: 10_000 * part))];
        using Tensor y = StridedCopy.Concatenate(parts, axis);
        Assert.That(y.Shape, Is.EqualTo(shape.With(axis, 39)));
        Expect(y, at =>
        {
            int part = at[axis] < 1 ? 0 : at[axis] < 34 ? 1 : 3;
            at[axis] -= sizes[..part].Sum();
            return (10_000 * part) + Index(parts[part].Shape, at);
        });
        foreach (Tensor part in parts) part.Dispose();
    }

    [Test]
    public void RejectsAnOrderThatIsNoPermutation()
    {
        using Tensor x = Counting([2, 3]);
        Assert.That(
            () => StridedCopy.Permute(x, 0, 0),
            Throws.TypeOf<ShapeException>().With.Message.Contains("[0, 0] is no permutation of the axes of [2, 3]"));
    }

    [Test]
    public void RejectsAStepOfZero()
    {
        using Tensor x = Counting([2, 3]);
        Assert.That(
            () => StridedCopy.Window(x, 1, 0, 2, step: 0),
            Throws.TypeOf<ShapeException>().With.Message.Contains("the step must not be 0"));
    }

    [Test]
    public void RejectsAnAxisThatIsNotThere()
    {
        using Tensor x = Counting([2, 3]);
        Assert.That(
            () => StridedCopy.Window(x, 2, 0, 2),
            Throws.TypeOf<ShapeException>().With.Message.Contains("there is no axis 2 in [2, 3]"));
    }

    [Test]
    public void RejectsToReplicateNothing()
    {
        using Tensor x = Counting([2, 0]);
        Assert.That(
            () => StridedCopy.Window(x, 1, 0, 2, 1, Border.Replicate),
            Throws.TypeOf<ShapeException>().With.Message.Contains("an empty axis cannot be replicated: [2, 0]"));
    }

    [Test]
    public void RejectsToExpandAnAxisThatIsNotOne()
    {
        using Tensor x = Counting([2, 3]);
        Assert.That(
            () => StridedCopy.Expand(x, [4, 3]),
            Throws.TypeOf<ShapeException>().With.Message.Contains("[2, 3] cannot be expanded to [4, 3]"));
    }

    [Test]
    public void RejectsPartsThatDifferElsewhere()
    {
        using Tensor x = Counting([2, 3]);
        using Tensor other = Counting([2, 4]);
        Assert.That(
            () => StridedCopy.Concatenate([x, other], 0),
            Throws.TypeOf<ShapeException>().With.Message.Contains(
                "[2, 3] and [2, 4] cannot be concatenated along axis 0"));
    }

    [Test]
    public void RejectsSevenAxesThatCannotBeJoined()
    {
        using Tensor x = Counting([2, 2, 2, 2, 2, 2, 2]);
        Assert.That(
            () => StridedCopy.Permute(x, 6, 5, 4, 3, 2, 1, 0),
            Throws.TypeOf<ShapeException>().With.Message.Contains("at most 6 axes, 7 remain"));
    }

    /// <summary>Every element is its index plus one, so that none is zero.</summary>
    private Tensor Counting(Shape shape, int first = 0) =>
        Tensor.From([.. Enumerable.Range(first + 1, (int)shape.ElementCount)], shape, device);

    /// <summary>
    /// Each element of <paramref name="y"/> comes from the index that <paramref name="source"/> gives for its position,
    /// or is 0 for -1.
    /// </summary>
    private static void Expect(Tensor y, Func<int[], int> source)
    {
        int[] actual = y.ToArray<int>();
        int[] expected = new int[actual.Length];
        int[] position = new int[y.Shape.Rank];
        for (int index = 0; index < expected.Length; index++)
        {
            for (int axis = y.Shape.Rank - 1, rest = index; axis >= 0; rest /= y.Shape[axis], axis--)
            {
                position[axis] = rest % y.Shape[axis];
            }

            expected[index] = source(position) + 1;
        }

        Assert.That(actual, Is.EqualTo(expected));
    }

    private static int Index(Shape shape, int[] position)
    {
        int index = 0;
        for (int axis = 0; axis < shape.Rank; axis++) index = (index * shape[axis]) + position[axis];
        return index;
    }
}
