using GenKernels.Train.Video;

namespace GenKernels.Tests.Train.Video;

public sealed class ContactSheetTests
{
    [Test]
    public void FramesLieInTheirPlacesOnWhite()
    {
        ContactSheet sheet = new(rows: 2, columns: 3, frameWidth: 4, frameHeight: 2, scale: 2, gap: 1);
        byte[] frame = TestFrames.Noise(4, 2, seed: 5);
        sheet.Place(1, 2, frame);
        Assert.That((sheet.Width, sheet.Height), Is.EqualTo((3 * 8 + 2, 2 * 4 + 1)));
        for (int y = 0; y < sheet.Height; y++)
        {
            for (int x = 0; x < sheet.Width; x++)
            {
                bool inFrame = x >= 18 && y >= 5;
                int source = inFrame ? ((y - 5) / 2 * 4 + (x - 18) / 2) * 3 : 0;
                byte[] expected = inFrame ? frame[source..(source + 3)] : [255, 255, 255];
                byte[] actual = sheet.Pixels.Slice((y * sheet.Width + x) * 3, 3).ToArray();
                Assert.That(actual, Is.EqualTo(expected), $"at ({y}, {x})");
            }
        }
    }

    [Test]
    public void TheSavedPictureHasThePixels()
    {
        using TemporaryFolder folder = new();
        ContactSheet sheet = new(rows: 1, columns: 2, frameWidth: 5, frameHeight: 3);
        sheet.Place(0, 0, TestFrames.Noise(5, 3, seed: 6));
        sheet.Save(folder.File("sheet.png"));
        using ImageSequenceReader reader = ImageSequenceReader.Open(folder.File("sheet.png"));
        byte[] pixels = new byte[reader.Description.FrameBytes];
        Assert.That(reader.ReadFrame(pixels), Is.True);
        Assert.That(pixels, Is.EqualTo(sheet.Pixels.ToArray()));
        Assert.That(folder.FileNames(), Is.EqualTo(new[] { "sheet.png" }));
    }

    [Test]
    public void APlaceOutsideIsRefused()
    {
        ContactSheet sheet = new(rows: 1, columns: 2, frameWidth: 1, frameHeight: 1);
        Assert.That(() => sheet.Place(1, 0, new byte[3]),
            Throws.ArgumentException.With.Message.EqualTo("the sheet has 1 rows and 2 columns, got place (1, 0)"));
    }
}
