using CsCheck;

namespace GenKernels.Tests.Runtime.Recording;

public sealed class MemoryPlannerTests
{
    /// <summary>Buffers of random sizes and lifetimes, as (bytes, first use, duration).</summary>
    private static readonly Gen<(int Bytes, int First, int Length)[]> s_buffers =
        Gen.Select(Gen.Int[1, 5000], Gen.Int[0, 60], Gen.Int[0, 20]).Array[0, 80];

    [Test]
    public void BuffersThatAreInUseAtTheSameTimeNeverOverlap() => s_buffers.Sample(
        buffers =>
        {
            MemoryPlan plan = Plan(buffers);
            for (int left = 0; left < plan.Buffers.Count; left++)
            {
                for (int right = 0; right < left; right++)
                {
                    (PlannedBuffer a, PlannedBuffer b) = (plan.Buffers[left], plan.Buffers[right]);
                    bool meet = a.FirstUse <= b.LastUse && b.FirstUse <= a.LastUse;
                    bool overlap = a.Offset < b.Offset + b.Bytes && b.Offset < a.Offset + a.Bytes;
                    Assert.That(meet && overlap, Is.False, $"{a} and {b}");
                }
            }

            long end = plan.Buffers.Select(buffer => buffer.Offset + buffer.Bytes).DefaultIfEmpty(0).Max();
            Assert.That(plan.ArenaBytes, Is.EqualTo(end));
            Assert.That(plan.LowerBound, Is.EqualTo(plan.LiveBytes().DefaultIfEmpty(0).Max()));
            Assert.That(plan.ArenaBytes, Is.InRange(plan.LowerBound, plan.TotalBytes));
            Assert.That(plan.Buffers.Select(buffer => buffer.Offset % 256), Is.All.Zero);
        },
        threads: 1);

    /// <summary>A chain like a forward pass, whose values are all needed again in reverse order.</summary>
    [Test]
    public void AForwardAndABackwardPassNeedNoMoreThanTheBound()
    {
        const int Layers = 50;
        (int Bytes, int First, int Length)[] buffers =
        [
            .. Enumerable.Range(0, Layers).Select(layer => (1024 * (1 + (layer * 7 % 5)), layer, 2 * (Layers - layer))),
            .. Enumerable.Range(0, Layers).Select(layer => (1024 * (1 + (layer * 7 % 5)), (2 * Layers) - layer, 1)),
        ];
        MemoryPlan plan = Plan(buffers);
        Assert.That(plan.ArenaBytes, Is.EqualTo(plan.LowerBound));
    }

    [Test]
    public void ThePeakNamesItsBuffers()
    {
        MemoryPlan plan = Plan([(1000, 0, 1), (3000, 1, 1), (2000, 2, 3)]);
        Assert.That(plan.LiveBytes()[..3], Is.EqualTo(new long[] { 1024, 1024 + 3072, 3072 + 2048 }));
        Assert.That(plan.AtThePeak().Select(buffer => buffer.Bytes), Is.EqualTo(new long[] { 3072, 2048 }));
    }

    [Test]
    public void TheDrawingShowsEveryBufferAndNamesTheLargest()
    {
        MemoryPlan plan = Plan([(1_000_000, 0, 1), (3_000_000, 1, 1), (2_000_000, 2, 3)]);
        string svg = MemoryPlanDrawing.ToSvg(plan);
        Assert.That(System.Xml.Linq.XDocument.Parse(svg).Descendants().Count(node => node.Name.LocalName == "rect"),
            Is.EqualTo(3));
        Assert.That(svg, Does.Contain("3.00 MB at 0.00 MB, work 1 (label), used from 1 to 2"));
        string text = MemoryPlanDrawing.ToText(plan);
        Assert.That(text, Does.StartWith("arena 5.0 MB for 3 buffers of 6.0 MB; at least 5.0 MB"));
        Assert.That(text, Does.Contain("3.00 MB at 0.00 MB, work 1 (label)"));
        Assert.That(MemoryPlanDrawing.ToText(Plan([])), Does.StartWith("arena 0.0 MB for 0 buffers"));
    }

    [Test]
    public void TheDrawingIsTheSameInEveryLanguage()
    {
        MemoryPlan plan = Plan([(1_000_000, 0, 1), (3_000_000, 1, 1), (2_000_000, 2, 3)]);
        (string svg, string text) = (MemoryPlanDrawing.ToSvg(plan), MemoryPlanDrawing.ToText(plan));
        using DecimalComma comma = new();
        Assert.That((MemoryPlanDrawing.ToSvg(plan), MemoryPlanDrawing.ToText(plan)), Is.EqualTo((svg, text)));
    }

    private static MemoryPlan Plan((int Bytes, int First, int Length)[] buffers)
    {
        int count = buffers.Select(buffer => buffer.First + buffer.Length + 1).DefaultIfEmpty(0).Max();
        TracedBuffer[] traced = Array.ConvertAll(buffers, buffer =>
        {
            TracedBuffer made = new(null, buffer.Bytes, "label") { IsTemporary = true };
            made.Use(buffer.First, $"work {buffer.First}");
            made.Use(buffer.First + buffer.Length, "");
            return made;
        });
        RecordedWork[] work =
            [.. Enumerable.Range(0, count).Select(_ => new RecordedClear(new TracedPlace(null, 0), 0))];
        return MemoryPlanner.Plan(work, traced);
    }
}
