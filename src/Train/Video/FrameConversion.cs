namespace GenKernels.Train.Video;

/// <summary>Converts between bytes and the values in [-1, 1] that LongVideo works with.</summary>
/// <remarks>A byte converted to a value and back is unchanged.</remarks>
public static class FrameConversion
{
    private static readonly float[] s_values = [.. Enumerable.Range(0, 256).Select(level => 2f * level / 255f - 1f)];

    /// <returns>2 level / 255 - 1, in [-1, 1].</returns>
    public static float ToValue(byte level) => s_values[level];

    /// <returns>floor(127.5 value + 128), clamped to 0..255; 0 for NaN.</returns>
    public static byte ToByte(float value) =>
        float.IsNaN(value) ? (byte)0 : (byte)Math.Clamp(MathF.Floor(127.5f * value + 128f), 0f, 255f);

    /// <returns>The level nearest to 255 (value + 1) / 2, ties to even, as PoseScenes writes its pictures; clamped to
    /// 0..255, 0 for NaN.</returns>
    public static byte ToNearestByte(float value) =>
        float.IsNaN(value) ? (byte)0 : (byte)Math.Clamp(MathF.Round(255f * (value + 1f) / 2f), 0f, 255f);

    /// <returns>The level at or below 255 (value + 1) / 2, as InstructPix2Pix writes its pictures; clamped to 0..255, 0
    /// for NaN.</returns>
    public static byte ToByteBelow(float value) =>
        float.IsNaN(value) ? (byte)0 : (byte)MathF.Floor(255f * Math.Clamp((value + 1f) / 2f, 0f, 1f));

    /// <param name="levels">Bytes, in any layout.</param>
    /// <param name="values">Receives as many values.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void ToValues(ReadOnlySpan<byte> levels, Span<float> values)
    {
        RequireSameLength(levels.Length, values.Length);
        for (int i = 0; i < levels.Length; i++) values[i] = s_values[levels[i]];
    }

    /// <param name="values">Values, in any layout.</param>
    /// <param name="levels">Receives as many bytes.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void ToBytes(ReadOnlySpan<float> values, Span<byte> levels)
    {
        RequireSameLength(values.Length, levels.Length);
        for (int i = 0; i < values.Length; i++) levels[i] = ToByte(values[i]);
    }

    private static void RequireSameLength(int from, int to)
    {
        if (from == to) return;
        throw new ArgumentException($"needs as many outputs as inputs, got {from} inputs and {to} outputs");
    }
}
