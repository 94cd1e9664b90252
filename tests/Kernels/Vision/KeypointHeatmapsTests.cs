using GenKernels.Kernels.Vision;

namespace GenKernels.Tests.Kernels.Vision;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class KeypointHeatmapsTests(Device device)
{
    private static readonly float[] s_keypoints =
    [
        4.25f, 2, 1, 0, 7.5f, 1, -3, 1, 0.5f,
        9, 9, 1, 9, 9, 1, 2, 3, 0,
    ];

    [Test]
    public void ForwardMatchesTheFormula(
        [Values] FloatType type, [Values(1, 4, 33)] int height, [Values(1, 12, 65)] int width)
    {
        using TensorScope scope = device.Scope();
        Tensor keypoints = Tensor.From(s_keypoints, [2, 3, 3], device);
        double sigma = Math.Max(1, Math.Min(height, width) / 10.0);
        double[] expected = new double[2 * height * width * 3];
        for (int index = 0; index < expected.Length; index++)
        {
            int keypoint = 3 * ((index / 3 / width / height * 3) + (index % 3));
            double x = (index / 3 % width) - s_keypoints[keypoint];
            double y = (index / 3 / width % height) - s_keypoints[keypoint + 1];
            expected[index] = Math.Exp(-((x * x) + (y * y)) / (sigma * sigma)) * s_keypoints[keypoint + 2];
        }

        Expect.CloseSums(KeypointHeatmaps.Forward(keypoints, height, width, type.Element()), expected);
    }

    [Test]
    public void ALimbIsASegmentAsVisibleAsBothEnds([Values] FloatType type)
    {
        using TensorScope scope = device.Scope();
        Tensor keypoints = Tensor.From(s_keypoints, [2, 3, 3], device);
        int[] limbs = [0, 1, 1, 2];
        Tensor y = KeypointHeatmaps.Limbs(
            keypoints, Tensor.From(limbs, [2, 2], device), 10, 12, type.Element(), sigma: 1.5);
        double[] expected = new double[2 * 10 * 12 * 2];
        for (int index = 0; index < expected.Length; index++)
        {
            (int pose, int limb) = (9 * (index / 2 / 12 / 10), index % 2);
            int from = pose + (3 * limbs[2 * limb]), to = pose + (3 * limbs[(2 * limb) + 1]);
            double distance = Distance(index / 2 % 12, index / 2 / 12 % 10, from, to);
            double visibility = (double)s_keypoints[from + 2] * s_keypoints[to + 2];
            expected[index] = Math.Exp(-(distance * distance) / (1.5 * 1.5)) * visibility;
        }

        Expect.CloseSums(y, expected);
    }

    [Test]
    public void EveryKeypointOfABodyBelongsToALimb() => Assert.That(
        KeypointHeatmaps.BodyLimbs.SelectMany(limb => new[] { limb.From, limb.To }).Distinct().Order(),
        Is.EqualTo(Enumerable.Range(0, 18)));

    [Test]
    public void RejectsKeypointsWithoutVisibility()
    {
        using TensorScope scope = device.Scope();
        Tensor keypoints = TestTensors.Normal([2, 18, 2], seed: 1, device);
        Assert.That(
            () => KeypointHeatmaps.Forward(keypoints, 4, 4),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                "KeypointHeatmaps: keypoints must have shape [*, *, 3], got [2, 18, 2]"));
    }

    /// <summary>The distance from a point to a segment, by ternary search.</summary>
    private static double Distance(double x, double y, int from, int to)
    {
        const int Turns = 100;
        (double low, double high) = (0, 1);
        for (int turn = 0; turn < Turns; turn++)
        {
            double third = (high - low) / 3;
            if (To(low + third) < To(high - third)) high -= third;
            else low += third;
        }

        return To(low);

        double To(double share)
        {
            double beside = x - s_keypoints[from] - (share * (s_keypoints[to] - s_keypoints[from]));
            double below = y - s_keypoints[from + 1] - (share * (s_keypoints[to + 1] - s_keypoints[from + 1]));
            return Math.Sqrt((beside * beside) + (below * below));
        }
    }
}
