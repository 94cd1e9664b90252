using System.Globalization;
using System.Text.Json;
using GenKernels.Runtime;

namespace GenKernels.Train.Video;

/// <summary>Reads the properties of a video file through <c>ffprobe</c>.</summary>
internal static class VideoProbe
{
    private const string Entries = "stream=width,height,avg_frame_rate,r_frame_rate,nb_frames,duration"
        + ":stream_side_data=rotation:stream_tags=rotate:format=duration";

    private const double UnknownFrameRate = 25;

    /// <exception cref="VideoException">
    /// The file is missing, empty or no regular file, has no video stream, or is not a video.
    /// </exception>
    /// <exception cref="VideoToolMissingException"><c>ffprobe</c> cannot be started.</exception>
    public static VideoDescription Describe(string path, VideoTools tools)
    {
        if (InputFile.Fault(path) is { } fault) throw new VideoException($"{path}: {fault}");
        string[] arguments =
            ["-v", "error", "-select_streams", "v:0", "-show_entries", Entries, "-of", "json", Path.GetFullPath(path)];
        using ToolProcess process = ToolProcess.Start(tools.Ffprobe, arguments);
        using MemoryStream json = new();
        process.Output.CopyTo(json);
        process.WaitForSuccess(path);
        using JsonDocument document = JsonDocument.Parse(json.ToArray());
        return Describe(path, document.RootElement);
    }

    private static VideoDescription Describe(string path, JsonElement root)
    {
        if (!root.TryGetProperty("streams", out JsonElement streams) || streams.GetArrayLength() == 0)
        {
            throw new VideoException($"{path}: has no video stream");
        }
        JsonElement stream = streams[0];
        int width = Integer(stream, "width");
        int height = Integer(stream, "height");
        if (width <= 0 || height <= 0) throw new VideoException($"{path}: unknown frame size");
        if (3L * width * height > Array.MaxLength)
        {
            throw new VideoException($"{path}: frames of {width}x{height} are too large");
        }

        if (Math.Abs(Rotation(stream)) % 180 == 90) (width, height) = (height, width);

        double rate = Ratio(Text(stream, "avg_frame_rate")) ?? Ratio(Text(stream, "r_frame_rate")) ?? UnknownFrameRate;
        double? seconds = Number(Text(stream, "duration"))
            ?? (root.TryGetProperty("format", out JsonElement format) ? Number(Text(format, "duration")) : null);
        return new VideoDescription(width, height, rate, (long?)Number(Text(stream, "nb_frames")), seconds);
    }

    /// <summary>Degrees by which frames are rotated for display; ffmpeg rotates them when decoding.</summary>
    private static double Rotation(JsonElement stream)
    {
        if (stream.TryGetProperty("side_data_list", out JsonElement list))
        {
            foreach (JsonElement entry in list.EnumerateArray())
            {
                if (entry.TryGetProperty("rotation", out JsonElement rotation)) return rotation.GetDouble();
            }
        }
        return stream.TryGetProperty("tags", out JsonElement tags) ? Number(Text(tags, "rotate")) ?? 0 : 0;
    }

    private static int Integer(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.TryGetInt32(out int number) ? number : 0;

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : null;

    private static double? Ratio(string? text)
    {
        string[] parts = text?.Split('/') ?? [];
        if (parts.Length != 2) return null;
        double? ratio = Number(parts[0]) / Number(parts[1]);
        return ratio > 0 && double.IsFinite(ratio.Value) ? ratio : null;
    }
}
