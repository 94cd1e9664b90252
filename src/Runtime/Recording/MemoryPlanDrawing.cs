using System.Globalization;
using System.Text;

namespace GenKernels.Runtime;

/// <summary>Draws the arena of a recorded step over time: as text, or as an SVG for a report.</summary>
public static class MemoryPlanDrawing
{
    private const int Columns = 100;
    private const int Rows = 16;
    private const int LargestListed = 10;
    private const int Margin = 40;
    private const double Megabyte = 1e6;

    /// <param name="plan">The plan to draw.</param>
    /// <returns>A chart of the live bytes over the step, then the largest buffers at the peak.</returns>
    public static string ToText(MemoryPlan plan)
    {
        StringBuilder text = new();
        text.AppendLine(Summary(plan));
        if (plan.ArenaBytes == 0) return text.ToString();
        long[] live = plan.LiveBytes();
        int columns = Math.Min(Columns, live.Length);
        for (int row = Rows; row > 0; row--)
        {
            text.Append(CultureInfo.InvariantCulture, $"{plan.ArenaBytes * (double)row / Rows / Megabyte,9:F1} MB |");
            for (int column = 0; column < columns; column++)
            {
                long most = Most(live, column, columns);
                text.Append(most * Rows > plan.ArenaBytes * (row - 1L) ? '#' : ' ');
            }

            text.AppendLine();
        }

        text.AppendLine($"{"",12} +{new string('-', columns)}> {plan.Work.Count} launches and copies");
        foreach (PlannedBuffer buffer in plan.AtThePeak().Take(LargestListed)) text.AppendLine($"  {Describe(buffer)}");
        return text.ToString();
    }

    /// <param name="plan">The plan to draw.</param>
    /// <param name="width">In pixels.</param>
    /// <param name="height">In pixels.</param>
    /// <returns>
    /// An SVG: the x axis is the work of the step in order, the y axis the bytes of the arena; each buffer is a
    /// rectangle in the colour of the work that produces it, with a tooltip.
    /// </returns>
    public static string ToSvg(MemoryPlan plan, int width = 1000, int height = 500)
    {
        double perWork = (width - (2.0 * Margin)) / Math.Max(1, plan.Work.Count);
        double perByte = (height - (2.0 * Margin)) / Math.Max(1, plan.ArenaBytes);
        double bottom = height - Margin;
        StringBuilder svg = new(
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" "
            + "font-family=\"sans-serif\" font-size=\"12\">\n");
        svg.Append($"<text x=\"{Margin}\" y=\"{Margin / 2}\">{Escaped(Summary(plan))}</text>\n");
        foreach (PlannedBuffer buffer in plan.Buffers)
        {
            double x = Margin + (buffer.FirstUse * perWork);
            double y = bottom - ((buffer.Offset + buffer.Bytes) * perByte);
            double right = Math.Max(0.2, (buffer.LastUse - buffer.FirstUse + 1) * perWork);
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<rect x=\"{x:F2}\" y=\"{y:F2}\" width=\"{right:F2}\" height=\"{buffer.Bytes * perByte:F3}\" "
                + $"fill=\"{Colour(buffer.MadeBy)}\"><title>{Escaped(Describe(buffer))}</title></rect>\n");
        }

        svg.Append(
            CultureInfo.InvariantCulture,
            $"<path d=\"M{Margin} {Margin}V{bottom:F0}H{width - Margin}\" fill=\"none\" stroke=\"#444\"/>\n"
            + $"<text x=\"{width / 2}\" y=\"{height - (Margin / 3)}\">{plan.Work.Count} launches and copies</text>\n"
            + $"</svg>\n");
        return svg.ToString();
    }

    private static string Summary(MemoryPlan plan) => string.Create(
        CultureInfo.InvariantCulture,
        $"arena {plan.ArenaBytes / Megabyte:F1} MB for {plan.Buffers.Count} buffers of "
        + $"{plan.TotalBytes / Megabyte:F1} MB; at least {plan.LowerBound / Megabyte:F1} MB; beside it "
        + $"{plan.OuterBytes / Megabyte:F1} MB");

    private static string Describe(PlannedBuffer buffer)
    {
        string label = buffer.Label.Length == 0 ? "" : $" ({buffer.Label})";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{buffer.Bytes / Megabyte:F2} MB at {buffer.Offset / Megabyte:F2} MB, {buffer.MadeBy}{label}, "
            + $"used from {buffer.FirstUse} to {buffer.LastUse}");
    }

    private static long Most(long[] live, int column, int columns)
    {
        int first = (int)((long)column * live.Length / columns);
        int end = (int)Math.Max(first + 1, (column + 1L) * live.Length / columns);
        return live.AsSpan(first, end - first).ToArray().Max();
    }

    /// <summary>A colour by the hash of a name, the same in every picture.</summary>
    private static string Colour(string name)
    {
        uint hash = 2166136261;
        foreach (char letter in name) hash = (hash ^ letter) * 16777619;
        return $"hsl({hash % 360},60%,{55 + (hash / 360 % 20)}%)";
    }

    private static string Escaped(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);
}
