namespace GenKernels.Autograd;

/// <content>The family <c>Filtering</c>.</content>
public static partial class OpCatalog
{
    private static OpSample[] Filtering() =>
    [
        new("Upfirdn of rows", [[2, 5, 3]], x => x[0].Upfirdn(Taps(x[0], 4), 1, 2, 1, 2, 1, gain: 2)),
        new("Upfirdn of long rows", [[7, 83]], x => x[0].Upfirdn(Taps(x[0], 12), 0, 1, 2, 5, 5)),
        new("Upfirdn of the last axis", [[3, 9]], x => x[0].Upfirdn(Taps(x[0], 5), -1, 3, 2, 1, 4, flip: true)),
        new("Upfirdn that crops", [[2, 9, 2]], x => x[0].Upfirdn(Taps(x[0], 3), 1, 2, 3, -2, -3)),
        new("Upsample", [[2, 3, 4, 2]], x => x[0].Upsample(1, Taps(x[0], 4)).Upsample(2, Taps(x[0], 4))),
        new("Downsample", [[2, 6, 4, 2]], x =>
            x[0].Downsample(1, Taps(x[0], 12), padding: -1).Downsample(2, Taps(x[0], 4))),
        new("Filter", [[2, 6, 3]], x => x[0].Filter(1, Taps(x[0], 5), padding: 1)),
        new("LowpassBank", [[2, 140, 3]], x => x[0].LowpassBank(
            Bank(x[0], 3, 6, 9, 2, 7), Integers(x[0], 3, 6, 9, 2, 7), Floats(x[0], 1, 0.5f, 2, 1.5f, 0.75f))),
        new("LowpassBank of one filter", [[1, 9, 1]], x => x[0].LowpassBank(
            Bank(x[0], 9), Integers(x[0], 9), Floats(x[0], 2))),
        new("Upfirdn2d", [[2, 4, 5, 3]], x => x[0].Upfirdn2d(
            Taps(x[0], 12).View([3, 4]), new(2, 1, 1, 2), new(3, 2, -1, 4), gain: 1.5f)),
        new("Upfirdn2d of many channels", [[1, 4, 5, 67]], x => x[0].Upfirdn2d(
            Taps(x[0], 6).View([3, 2]), new(1, 2, 2, 2), new(2, 1, 1, -2), flip: true)),
        new("FilteredLeakyRelu", [[2, 6, 5, 3], [3]], x => x[0].FilteredLeakyRelu(
            x[1], Taps(x[0], 12), Taps(x[0], 12), new(2, 2, 10, 7, 9, 8))),
        new("FilteredLeakyRelu up 4, down 2, clamped", [[1, 5, 6, 33], [33]], x => x[0].FilteredLeakyRelu(
            x[1], Taps(x[0], 24), Taps(x[0], 12), new(4, 2, 13, 7, -2, 19, Gain: 1.5f, Slope: 0.1f, Clamp: 0.5f))),
        new("FilteredLeakyRelu down 4, flipped", [[2, 9, 8, 2]], x => x[0].FilteredLeakyRelu(
            null, null, Taps(x[0], 24), new(1, 4, 12, 12, 15, 14, Flip: true))),
        new("FilteredLeakyRelu up 3, down 5", [[1, 6, 5, 3], [3]], x => x[0].FilteredLeakyRelu(
            x[1], Taps(x[0], 10), Taps(x[0], 7), new(3, 5, 2, 3, 4, 1))),
        new("FilteredLeakyRelu down by a planar filter", [[1, 6, 5, 3], [3]], x => x[0].FilteredLeakyRelu(
            x[1], Taps(x[0], 12), Taps(x[0], 20).View([5, 4]), new(2, 2, 6, 5, 7, 4, Clamp: 0.5f))),
        new("FilteredLeakyRelu up by a planar filter", [[2, 5, 4, 2]], x => x[0].FilteredLeakyRelu(
            null, Taps(x[0], 12).View([3, 4]), Taps(x[0], 3), new(2, 1, 2, 3, 4, 1))),
        new("FilteredLeakyRelu in steps", [[1, 6, 5, 3], [3]], x => x[0].FilteredLeakyRelu(
            x[1], Taps(x[0], 5), Taps(x[0], 60).View([20, 3]), new(2, 1, 12, 13, 4, 1))),
    ];

    /// <summary>One filter per tap count, with zeros before its taps.</summary>
    private static Tensor Bank(Variable x, params int[] tapCounts)
    {
        int length = tapCounts.Max();
        float[] bank = new float[tapCounts.Length * length];
        for (int index = 0; index < bank.Length; index++)
        {
            bool isTap = index % length >= length - tapCounts[index / length];
            bank[index] = isTap ? (float)Math.Cos(index * index) / length : 0;
        }

        return Tensor.From(bank, [tapCounts.Length, length], x.Device);
    }

    /// <summary>Taps without any symmetry.</summary>
    private static Tensor Taps(Variable x, int count) =>
        Floats(x, [.. Enumerable.Range(0, count).Select(k => (float)Math.Cos((k * k) + 1) / count)]);
}
