using GenKernels.Train.Video;

namespace GenKernels.Tests.Train.Video;

public sealed class CenterCropTests
{
    [TestCase(640, 360, 64, 36, 0, 0, 640, 360)]     // the same aspect ratio
    [TestCase(640, 480, 64, 36, 0, 60, 640, 360)]    // too high
    [TestCase(1000, 360, 64, 36, 180, 0, 640, 360)]  // too wide
    [TestCase(641, 480, 64, 36, 0, 59, 641, 361)]    // 360.5625 rows from floor(59.7): ends at 419.56, rounded to 420
    [TestCase(8, 3, 1, 1, 2, 0, 3, 3)]               // 3 columns from floor(2.5)
    [TestCase(1, 9, 4, 1, 0, 4, 1, 1)]               // 0.25 rows: never less than one
    public void TheLargerDimensionIsCutInTheMiddle(
        int frameWidth, int frameHeight, int width, int height, int left, int top, int columns, int rows) =>
        Assert.That(CenterCrop.Of(frameWidth, frameHeight, width, height),
            Is.EqualTo(new CenterCrop(left, top, columns, rows)));
}
