namespace GenKernels.Train.Video;

/// <summary>Size of all frames of one output.</summary>
internal readonly record struct FrameSize(int Width, int Height)
{
    public int Bytes => checked(Width * Height * 3);

    /// <exception cref="ArgumentException">The buffer is not one frame long.</exception>
    public void Require(ReadOnlySpan<byte> rgb)
    {
        if (rgb.Length == Bytes) return;
        throw new ArgumentException($"a frame of {Width}x{Height} has {Bytes} bytes, got {rgb.Length}");
    }
}
