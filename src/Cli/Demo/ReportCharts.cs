using System.Globalization;
using System.Text.RegularExpressions;
using GenKernels.Train.Runs;
using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace GenKernels.Cli.Demo;

/// <summary>The curves of a report as SVG; the page's style sets their colours, for light and dark mode.</summary>
internal static partial class ReportCharts
{
    private const int Width = 480, Height = 280, BottomMargin = 46;
    private const string StepName = "step";

    // Placeholders that only need to differ: the page's style replaces them.
    private static readonly Color s_axis = new(1, 2, 3), s_grid = new(4, 5, 6);
    private static readonly Color[] s_series = [new(7, 8, 9), new(10, 11, 12), new(13, 14, 15)];

    private static readonly (Color Color, string Part)[] s_parts =
        [(s_axis, "axis"), (s_grid, "grid"), .. s_series.Select((color, index) => (color, $"series-{index + 1}"))];

    /// <returns>Losses by step.</returns>
    internal static string Losses(IReadOnlyList<MetricRecord> log)
    {
        Plot plot = NewPlot(StepName);
        string[] names = ["generator/loss", "discriminator/real_loss", "discriminator/fake_loss"];
        for (int series = 0; series < names.Length; series++)
        {
            string name = names[series];
            MetricRecord[] lines =
                [.. log.Where(line => double.IsFinite(line.Values.GetValueOrDefault(name, double.NaN)))];
            double[] steps = [.. lines.Select(line => (double)line.Step)];
            AddLine(plot, steps, [.. lines.Select(line => line.Values[name])], series);
        }

        plot.Axes.AutoScale();
        plot.Axes.SetLimitsY(0, Math.Max(1.5, plot.Axes.GetLimits().Top));
        return Render(plot, "loss");
    }

    /// <returns>Colour similarity by the time between two frames, for a real and a generated video.</returns>
    internal static string ColorSimilarity(double[] real, double[] generated, double frameRate)
    {
        Plot plot = NewPlot("seconds between two frames");
        AddLine(plot, [.. real.Select((_, index) => index / frameRate)], real, 0);
        AddLine(plot, [.. generated.Select((_, index) => index / frameRate)], generated, 1);
        plot.Axes.AutoScale();
        plot.Axes.SetLimitsY(0, 1.02);
        return Render(plot, "color");
    }

    private static Plot NewPlot(string horizontal)
    {
        Plot plot = new();
        plot.FigureBackground.Color = Colors.Transparent;
        plot.DataBackground.Color = Colors.Transparent;
        plot.Axes.Color(s_axis);
        plot.Axes.Bottom.Label.Text = horizontal;
        plot.Axes.Bottom.Label.Bold = false;
        plot.Axes.Right.IsVisible = false;
        plot.Axes.Top.IsVisible = false;
        plot.Axes.Bottom.TickGenerator = NewTicks(integersOnly: horizontal == StepName);
        plot.Axes.Left.TickGenerator = NewTicks(integersOnly: false);
        plot.Grid.MajorLineColor = s_grid;
        return plot;
    }

    private static NumericAutomatic NewTicks(bool integersOnly) =>
        new() { IntegerTicksOnly = integersOnly, MinorTickGenerator = new EvenlySpacedMinorTickGenerator(1) };

    private static void AddLine(Plot plot, double[] x, double[] y, int series)
    {
        Scatter line = plot.Add.ScatterLine(x, y);
        line.Color = s_series[series];
        line.LineWidth = 2;
    }

    private static string Render(Plot plot, string name)
    {
        plot.Layout.Fixed(new PixelPadding(left: 44, right: 14, bottom: BottomMargin, top: 8));
        string svg = plot.GetSvgXml(Width, Height);
        svg = svg[svg.IndexOf("<svg", StringComparison.Ordinal)..];
        string size = $"width=\"{Width}\" height=\"{Height}\"";
        svg = svg.Replace(size, $"viewBox=\"0 0 {Width} {Height}\" role=\"img\"", StringComparison.Ordinal);
        foreach ((Color color, string part) in s_parts)
        {
            string code = $"\"#{color.Red:X2}{color.Green:X2}{color.Blue:X2}\"";
            svg = svg.Replace($"stroke={code}", $"class=\"{part}\"", StringComparison.Ordinal);
            svg = svg.Replace($"fill={code}", $"class=\"{part}-text\"", StringComparison.Ordinal);
        }

        // Clip paths must not share names with those of another chart on the page.
        svg = svg.Replace("cl_", $"{name}-clip-", StringComparison.Ordinal);
        return GlyphPlaces().Replace(svg, text => $"translate({text.Groups[1].Value} {text.Groups[2].Value})\" "
            + $"text-anchor=\"{Anchor(text.Groups[2].Value)}\" y=\"{text.Groups[3].Value}\"");
    }

    /// <summary>Labels below the plot are centred on their position; labels beside it end there.</summary>
    private static string Anchor(string vertical) =>
        double.Parse(vertical, CultureInfo.InvariantCulture) > Height - BottomMargin ? "middle" : "end";

    /// <summary>Glyphs are positioned one by one for a font that readers may not have; the page uses its own
    /// font.</summary>
    [GeneratedRegex(
        """
        translate\(([\d.]+) ([\d.]+)\)" font-size="[^"]*" font-family="[^"]*" x="[^"]*" y="([-\d.]+)[^"]*"
        """)]
    private static partial Regex GlyphPlaces();
}
