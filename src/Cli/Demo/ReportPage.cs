using System.Globalization;
using System.Net;
using System.Text;
using GenKernels.Cli.Training;

namespace GenKernels.Cli.Demo;

/// <summary>A result as one self-contained HTML file, with pictures, curves and videos embedded.</summary>
/// <param name="result">The result to show.</param>
internal sealed class ReportPage(DemoResult result)
{
    private const int FramesShown = 16;
    private const int StartInterval = 15;
    private const double BytesPerMebibyte = 1 << 20;

    private static readonly CultureInfo s_culture = CultureInfo.InvariantCulture;

    /// <returns>The page.</returns>
    internal string Render() => $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>GenKernels demo</title>
        <style>
        {ReportStyle.Sheet}
        </style>
        </head>
        <body>
        <main>
        {Lead()}
        {Videos()}
        {Frames()}
        {Curves()}
        {Numbers()}
        {Foot()}
        </main>
        </body>
        </html>

        """;

    private static string Seconds(double value) => value.ToString(value < 10 ? "0.0" : "0", s_culture) + " s";

    private static string Text(string value) => WebUtility.HtmlEncode(value);

    private static string DataUri(byte[] bytes, string type) => $"data:{type};base64,{Convert.ToBase64String(bytes)}";

    private string Lead()
    {
        string times = (result.Generated.Seconds / result.Real.Seconds).ToString("0.#", s_culture);
        string clip = Seconds(result.Preset.Discriminator.FrameCount / result.Real.FrameRate);
        return $"""
            <h1>A video generator, trained here</h1>
            <p>In {TrainingDisplay.Clock(result.TrainingTime)} minutes on {Text(result.Device)}, a generative
            adversarial network learned from a single video of {Seconds(result.Real.Seconds)}, of which it saw clips
            of {clip} at a time. The generated video below lasts {Seconds(result.Generated.Seconds)}: {times}
            times the length of the original.</p>
            """;
    }

    private string Videos() => $"""
        <h2>Video</h2>
        <p class="quiet">Each pixel is drawn as a square; both play in a loop.</p>
        <div class="pair">
        {Figure(Video(result.RealFile), $"<b>Real</b>, {Describe(result.Real)}")}
        {Figure(Video(result.GeneratedFile), $"<b>Generated</b>, {Describe(result.Generated)}")}
        </div>
        """;

    private string Frames() => $"""
        <h2>Frames</h2>
        <p class="quiet">Evenly spread over each video, in reading order.</p>
        <div class="pair">
        {Figure(Grid(result.Real), $"<b>Real</b>, one every {Step(result.Real)}")}
        {Figure(Grid(result.Generated), $"<b>Generated</b>, one every {Step(result.Generated)}")}
        </div>
        """;

    private string Curves() => $"""
        <h2>Curves</h2>
        <p class="quiet">Colour similarity is the overlap of the colour histograms of two frames (thesis, Eq. 2.1), over
        the time between them, averaged over first frames in the first half of the video. A generator that keeps a scene
        as the world does follows the real curve.</p>
        <div class="pair">
        {Figure(
            ReportCharts.Losses(result.Log),
            "<b>Losses</b><br>" + Keys("generator", "discriminator, real", "discriminator, generated"))}
        {Figure(Similarity(), "<b>Colour similarity</b><br>" + Keys("real", "generated"))}
        </div>
        """;

    private string Numbers()
    {
        StringBuilder list = new("<h2>Numbers</h2>\n<dl>\n");
        int clip = result.Preset.Discriminator.FrameCount;
        Add(list, "Steps", result.Steps.ToString("N0", s_culture));
        Add(list, "Batch", $"{result.BatchSize} clips of {clip} frames");
        double generatedPerSecond = result.Generated.Count / result.GenerationTime.TotalSeconds;
        Add(list, "Training speed", result.TrainingFramesPerSecond is { } rate ? Rate(rate) : "-");
        Add(list, "Generation speed", Rate(generatedPerSecond));
        Add(list, "Generator", $"{result.GeneratorParameters.ToString("N0", s_culture)} parameters");
        Add(list, "Discriminator", $"{result.DiscriminatorParameters.ToString("N0", s_culture)} parameters");
        Add(list, "Data", $"{result.Real.Count.ToString("N0", s_culture)} frames");
        Add(list, "Video", $"{Mebibytes(result.GeneratedFile)} MiB, {Path.GetExtension(result.GeneratedFile)[1..]}");
        Add(list, "Preset", result.Preset.Name);
        Add(list, "Kernels", $"{result.Kernels.Compiled} compiled, {result.Kernels.Ready} from cache");
        Add(list, "Training time", TrainingDisplay.Clock(result.TrainingTime));
        Add(list, "Seed", result.Seed.ToString(s_culture));
        return list.Append("</dl>").ToString();
    }

    private string Foot() => $"""
        <footer>
        <p>Made by <code>gk demo</code>. To continue training and generate more, run in this page's folder:</p>
        <pre>gk train long-video-lowres --data dataset --out run --resume
        gk generate video --checkpoint run --frames 900 --scale 4 --out more.mp4</pre>
        {(result.Credit is null ? "" : $"<p>{Text(result.Credit)}</p>")}
        </footer>
        """;

    private static void Add(StringBuilder list, string name, string value) =>
        list.Append(s_culture, $"<div><dt>{Text(name)}</dt><dd>{Text(value)}</dd></div>\n");

    private static string Figure(string content, string caption) =>
        $"<figure>{content}<figcaption>{caption}</figcaption></figure>";

    private static string Keys(params string[] names) => string.Concat(names.Select(
        (name, index) => $"""<span class="key key-{index + 1}"><span>{Text(name)}</span></span>"""));

    private static string Rate(double framesPerSecond) =>
        framesPerSecond.ToString(framesPerSecond < 100 ? "0.0" : "0", s_culture) + " frames/s";

    private static string Mebibytes(string path) =>
        (new FileInfo(path).Length / BytesPerMebibyte).ToString("0.0", s_culture);

    private static string Video(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        return Path.GetExtension(path) == ".mp4"
            ? $"""<video autoplay loop muted playsinline controls src="{DataUri(file, "video/mp4")}"></video>"""
            : $"""<img alt="the video" src="{DataUri(file, "image/webp")}">""";
    }

    private static string Describe(FrameSequence video) =>
        $"{video.Count.ToString("N0", s_culture)} frames of {video.Width} x {video.Height}, {Seconds(video.Seconds)}";

    private static string Step(FrameSequence video) => Seconds(video.Seconds / FramesShown);

    private static string Grid(FrameSequence video)
    {
        StringBuilder grid = new("<div class=\"frames\">");
        foreach ((double seconds, byte[] png) in video.Pick(FramesShown))
        {
            string moment = Seconds(seconds), source = DataUri(png, "image/png");
            grid.Append(s_culture, $"""<img alt="after {moment}" title="{moment}" src="{source}">""");
        }

        return grid.Append("</div>").ToString();
    }

    private string Similarity() => ReportCharts.ColorSimilarity(
        result.Real.ColorSimilarityByDistance(StartInterval),
        result.Generated.ColorSimilarityByDistance(StartInterval),
        result.Real.FrameRate);
}
