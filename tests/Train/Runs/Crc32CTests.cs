using System.Text;
using GenKernels.Train.Runs;

namespace GenKernels.Tests.Train.Runs;

public sealed class Crc32CTests
{
    [TestCase("", 0u)]
    [TestCase("a", 0xC1D04330u)]
    [TestCase("123456789", 0xE3069283u)]
    public void TextsHaveTheirKnownChecksum(string text, uint expected) =>
        Assert.That(Crc32C.Of(Encoding.ASCII.GetBytes(text)), Is.EqualTo(expected));

    [Test]
    public void TheVectorsOfTheStandardComeOut()
    {
        byte[] rising = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        Assert.That(Crc32C.Of(new byte[32]), Is.EqualTo(0x8A9136AAu));
        Assert.That(Crc32C.Of(Enumerable.Repeat((byte)0xFF, 32).ToArray()), Is.EqualTo(0x62A8AB43u));
        Assert.That(Crc32C.Of(rising), Is.EqualTo(0x46DD794Eu));
    }

    [Test]
    public void EveryLengthIsTheRemainderOfTheDivision([Range(0, 20)] int length)
    {
        byte[] bytes = [.. Enumerable.Range(0, length).Select(i => (byte)((i * 37) + 5))];
        uint state = uint.MaxValue;
        foreach (byte value in bytes)
        {
            state ^= value;
            for (int bit = 0; bit < 8; bit++) state = (state >> 1) ^ ((state & 1) * 0x82F63B78u);
        }

        Assert.That(Crc32C.Of(bytes), Is.EqualTo(~state));
    }

    [Test]
    public void MaskingTurnsByFifteenBitsAndAddsAConstant()
    {
        const uint Checksum = 0xE3069283;
        uint expected = unchecked(((Checksum >> 15) | (Checksum << 17)) + 0xA282EAD8);
        Assert.That(Crc32C.Masked("123456789"u8), Is.EqualTo(expected));
    }
}
