using System.Text.Json;

namespace GenKernels.Tests.Runtime.Diagnostics;

public sealed class ChromeTraceTests
{
    [Test]
    public void StepsFollowEachOtherWithTheirWorkAndParts()
    {
        using TemporaryFolder folder = new();
        ProfiledWork work = new(
            "Kernel", "Float32", "[2, 3]", new LaunchCost(24, 6), ElementType.Float32, TimeSpan.FromMilliseconds(1),
            TimeSpan.FromMilliseconds(2), null);
        ProfiledRange part = new("part", 0, TimeSpan.Zero, TimeSpan.FromMilliseconds(4));
        ProfiledStep step = new(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(6), [work], [part]);
        ChromeTrace.Write(folder.File("trace.json"), "host", [step, step]);

        using JsonDocument trace = JsonDocument.Parse(File.ReadAllText(folder.File("trace.json")));
        JsonElement[] events =
        [
            .. trace.RootElement.GetProperty("traceEvents").EnumerateArray()
                .Where(entry => entry.GetProperty("ph").GetString() == "X"),
        ];
        Assert.That(
            events.Select(entry => entry.GetProperty("name").GetString()),
            Is.EqualTo(new[] { "step 1", "part", "Kernel", "step 2", "part", "Kernel" }));
        Assert.That(events[5].GetProperty("ts").GetDouble(), Is.EqualTo(6000), "microseconds");
        Assert.That(events[5].GetProperty("dur").GetDouble(), Is.EqualTo(2000));
        Assert.That(events[5].GetProperty("args").GetProperty("bytes").GetInt64(), Is.EqualTo(24));
    }

    [Test]
    public void AFolderThatIsMissingIsNamed()
    {
        using TemporaryFolder folder = new();
        Assert.That(
            () => ChromeTrace.Write(Path.Combine(folder.File("none"), "trace.json"), "host", []),
            Throws.TypeOf<IOException>().With.Message.Contains("does not exist"));
    }
}
