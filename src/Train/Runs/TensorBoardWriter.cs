using System.Buffers.Binary;

namespace GenKernels.Train.Runs;

/// <summary>Writes scalars and images to a TensorBoard event file: Event messages in TFRecord frames.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class TensorBoardWriter : IDisposable
{
    private const int MaximumNameAttempts = 1000;

    private readonly AppendedFile _file;
    private readonly TimeProvider _clock;

    /// <param name="folder">An existing folder; TensorBoard shows all event files in it as one run.</param>
    /// <param name="resumedStep">Step of the checkpoint that the run resumes from: TensorBoard discards later steps of
    /// earlier files. Null for a new run.</param>
    /// <param name="clock">Source of each event's wall time; null for the system clock.</param>
    /// <exception cref="IOException">The file cannot be created.</exception>
    public TensorBoardWriter(string folder, long? resumedStep = null, TimeProvider? clock = null)
    {
        _clock = clock ?? TimeProvider.System;
        (_file, FilePath) = CreateFile(folder, _clock.GetUtcNow().ToUnixTimeSeconds());
        WriteEvent(0, @event => @event.Text(EventField.FileVersion, "brain.Event:2"));
        if (resumedStep is { } step)
        {
            ProtobufMessage session = new ProtobufMessage().Integer(SessionField.Status, SessionField.StatusStart);
            WriteEvent(step + 1, @event => @event.Message(EventField.SessionLog, session));
        }
    }

    /// <summary>Path of the event file, named by time, host and process.</summary>
    public string FilePath { get; }

    /// <param name="tag">Name in TensorBoard; slashes make groups: <c>loss/generator</c>.</param>
    /// <param name="value">Stored as a 32-bit float.</param>
    /// <param name="step">Steps finished.</param>
    /// <exception cref="IOException">The disk is full.</exception>
    public void Scalar(string tag, double value, long step) =>
        WriteSummary(step, new ProtobufMessage()
            .Text(ValueField.Tag, tag)
            .Float(ValueField.SimpleValue, (float)value));

    /// <param name="tag">Name in TensorBoard.</param>
    /// <param name="png">A whole PNG file, from whose header width, height and colour type are read.</param>
    /// <param name="step">Steps finished.</param>
    /// <exception cref="ArgumentException"><paramref name="png"/> does not begin like a PNG file.</exception>
    /// <exception cref="IOException">The disk is full.</exception>
    public void Image(string tag, ReadOnlySpan<byte> png, long step)
    {
        if (png.Length < PngLayout.HeaderLength || !png.StartsWith(PngLayout.Signature))
        {
            throw new ArgumentException($"the image '{tag}' must be a PNG file, got {png.Length} other bytes");
        }

        ProtobufMessage image = new ProtobufMessage()
            .Integer(ImageField.Height, BinaryPrimitives.ReadInt32BigEndian(png[PngLayout.HeightOffset..]))
            .Integer(ImageField.Width, BinaryPrimitives.ReadInt32BigEndian(png[PngLayout.WidthOffset..]))
            .Integer(ImageField.Colorspace, PngLayout.ChannelCount(png[PngLayout.ColorOffset]))
            .Data(ImageField.Encoded, png);
        WriteSummary(step, new ProtobufMessage().Text(ValueField.Tag, tag).Message(ValueField.Image, image));
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private static (AppendedFile File, string Path) CreateFile(string folder, long seconds)
    {
        string writer = $"{Environment.MachineName}.{Environment.ProcessId}";
        string stem = Path.Combine(folder, $"events.out.tfevents.{seconds:D10}.{writer}");
        for (int attempt = 0; ; attempt++)
        {
            string path = $"{stem}.{attempt}";
            try
            {
                return (new AppendedFile(path, FileMode.CreateNew), path);
            }
            catch (IOException) when (File.Exists(path) && attempt < MaximumNameAttempts)
            {
                // Another writer of this process took the name within the same second: the next number is free.
            }
        }
    }

    private void WriteSummary(long step, ProtobufMessage value) =>
        WriteEvent(step, @event => @event.Message(EventField.Summary, new ProtobufMessage().Message(1, value)));

    private void WriteEvent(long step, Action<ProtobufMessage> fill)
    {
        ProtobufMessage message = new ProtobufMessage()
            .Double(EventField.WallTime, _clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0)
            .Integer(EventField.Step, step);
        fill(message);
        WriteRecord(message.Bytes);
    }

    /// <summary>Frames a record as length, checksum, bytes, checksum, and hands it to the operating system.</summary>
    private void WriteRecord(ReadOnlySpan<byte> record)
    {
        const int Before = sizeof(ulong) + sizeof(uint), After = sizeof(uint);
        byte[] frame = new byte[Before + record.Length + After];
        BinaryPrimitives.WriteUInt64LittleEndian(frame, (ulong)record.Length);
        WriteChecksum(frame.AsSpan(0, sizeof(ulong)), frame.AsSpan(sizeof(ulong)));
        record.CopyTo(frame.AsSpan(Before));
        WriteChecksum(record, frame.AsSpan(Before + record.Length));
        _file.Append(frame);
    }

    private static void WriteChecksum(ReadOnlySpan<byte> bytes, Span<byte> target) =>
        BinaryPrimitives.WriteUInt32LittleEndian(target, Crc32C.Masked(bytes));

    // Field numbers of TensorFlow's event.proto and summary.proto.
    private static class EventField
    {
        public const int WallTime = 1, Step = 2, FileVersion = 3, Summary = 5, SessionLog = 7;
    }

    private static class SessionField
    {
        public const int Status = 1, StatusStart = 1;
    }

    private static class ValueField
    {
        public const int Tag = 1, SimpleValue = 2, Image = 4;
    }

    private static class ImageField
    {
        public const int Height = 1, Width = 2, Colorspace = 3, Encoded = 4;
    }

    /// <summary>The start of a PNG file (ISO/IEC 15948): the signature, then the IHDR chunk.</summary>
    private static class PngLayout
    {
        public const int WidthOffset = 16, HeightOffset = 20, ColorOffset = 25, HeaderLength = 26;

        public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

        /// <returns>Number of channels after decoding; a palette (3) decodes to RGB.</returns>
        public static int ChannelCount(byte colorType) => colorType switch
        {
            0 => 1,
            4 => 2,
            6 => 4,
            _ => 3,
        };
    }
}
