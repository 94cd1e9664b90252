using System.Text.Json;
using GenKernels.Autograd;
using GenKernels.Kernels.Filtering;
using GenKernels.Kernels.Movement;
using GenKernels.Tests.Golden;

namespace GenKernels.Tests.Kernels.Filtering;

/// <summary>Up- and downsampling against the recordings of the original networks, including gradients.</summary>
[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class RecordedUpfirdnTests(Device device)
{
    [Test]
    public void UpfirdnComesOut([Range(0, 11)] int number) => Check("ops/upfirdn2d.safetensors", number, Upfirdn);

    [Test]
    public void UpsamplingDownsamplingAndFilteringComeOut([Range(12, 18)] int number) =>
        Check("ops/upfirdn2d.safetensors", number, Wrapper);

    [Test]
    public void TheSamplersOfTheNetworksComeOut([Range(0, 14)] int number) =>
        Check("ops/resample.safetensors", number, Sampler);

    private static Variable Upfirdn(Variable x, Tensor? filter, JsonElement config)
    {
        (int upX, int upY) = Pair(config.GetProperty("up"));
        (int downX, int downY) = Pair(config.GetProperty("down"));
        JsonElement padding = config.GetProperty("padding");
        int[] pads = padding.ValueKind == JsonValueKind.Array
            ? [.. padding.EnumerateArray().Select(pad => pad.GetInt32())]
            : [.. Enumerable.Repeat(padding.GetInt32(), 4)];  // left, right, top, bottom
        Resampling rows = new(upY, downY, pads[2], pads[3]);
        Resampling columns = new(upX, downX, pads[0], pads[1]);
        bool flip = config.GetProperty("flip").GetBoolean();
        float gain = config.GetProperty("gain").GetSingle();
        if (filter is not { Shape.Rank: 1 })
        {
            return x.Upfirdn2d(filter ?? Tensor.From([1f], [1, 1], x.Device), rows, columns, flip, gain);
        }

        return x.Upfirdn(filter, 1, rows.Up, rows.Down, rows.Before, rows.After, flip, gain)
            .Upfirdn(filter, 2, columns.Up, columns.Down, columns.Before, columns.After, flip);
    }

    private static Variable Wrapper(Variable x, Tensor? filter, JsonElement config)
    {
        string function = config.GetProperty("fn").GetString()!;
        string direction = function == "upsample2d" ? "up" : "down";
        (int scaleX, int scaleY) = config.TryGetProperty(direction, out JsonElement scale) ? Pair(scale) : (1, 1);
        (int padX, int padY) = config.TryGetProperty("padding", out JsonElement padding) ? Pair(padding) : (0, 0);
        return filter!.Shape.Rank == 2
            ? Both(x, filter, function, (scaleX, scaleY))
            : Along(Along(x, 1, filter, function, scaleY, padY), 2, filter, function, scaleX, padX);
    }

    /// <summary>The recorded 2D filters have one column: a filter along rows, and a scale along columns.</summary>
    private static Variable Both(Variable x, Tensor filter, string function, (int X, int Y) scale)
    {
        Tensor rows = filter.View([4]);
        Tensor columns = Tensor.From([1f], [1], x.Device);
        return Along(Along(x, 1, rows, function, scale.Y, 0), 2, columns, function, scale.X, 0);
    }

    private static Variable Along(Variable x, int axis, Tensor filter, string function, int scale, int padding) =>
        function switch
        {
            "upsample2d" => x.Upsample(axis, filter, scale, padding),
            "downsample2d" => x.Downsample(axis, filter, scale, padding),
            _ => x.Filter(axis, filter, padding),
        };

    private static Variable Sampler(Variable x, Tensor? taps, JsonElement config)
    {
        Tensor filter = taps!;
        return config.GetProperty("op").GetString() switch
        {
            "TemporalLinearUpsample" => x.Upsample(1, filter),
            "TemporalLinearUpsample pad2" => Up(x, 1, filter, 2, pad: 2),
            "TemporalLinearDownsample" or "TemporalKaiserDownsample" => x.Downsample(1, filter),
            "TemporalLinearDownsample pad1" => Down(x, 1, filter, 2, pad: 1),
            "TemporalKaiserDownsample pad3" => Down(x, 1, filter, 2, pad: 3),
            "SpatialBilinearUpsample" => x.Upsample(2, filter).Upsample(3, filter),
            "SpatialBilinearUpsample x4 pad1" => Up(Up(x, 2, filter, 4, pad: 1), 3, filter, 4, pad: 1),
            "KaiserUpsample2d x2" => Up(Up(x, 1, filter, 2, pad: 1), 2, filter, 2, pad: 1),
            "KaiserUpsample2d x4" => Up(Up(x, 1, filter, 4, pad: 1), 2, filter, 4, pad: 1),
            "KaiserDownsample2d x2" => Down(Down(x, 1, filter, 2, pad: 1), 2, filter, 2, pad: 1),
            "KaiserDownsample2d x4" => Down(Down(x, 1, filter, 4, pad: 1), 2, filter, 4, pad: 1),
            _ => Downsample3d(x, filter, config),
        };
    }

    /// <summary>Edge samples are replicated at the lower rate, with zeros beyond them.</summary>
    private static Variable Up(Variable x, int axis, Tensor filter, int scale, int pad) =>
        x.Pad(axis, pad, pad, Border.Replicate).Upsample(axis, filter, scale, -pad * scale);

    /// <inheritdoc cref="Up"/>
    private static Variable Down(Variable x, int axis, Tensor filter, int scale, int pad) =>
        x.Pad(axis, pad * scale, pad * scale, Border.Replicate).Downsample(axis, filter, scale, -pad * scale);

    private static Variable Downsample3d(Variable x, Tensor filter, JsonElement config)
    {
        Variable y = config.GetProperty("temporal").GetBoolean() ? x.Downsample(1, filter) : x;
        return config.GetProperty("spatial").GetBoolean() ? y.Downsample(2, filter).Downsample(3, filter) : y;
    }

    /// <summary>One number for both axes, or x before y.</summary>
    private static (int X, int Y) Pair(JsonElement value) => value.ValueKind == JsonValueKind.Array
        ? (value[0].GetInt32(), value[1].GetInt32())
        : (value.GetInt32(), value.GetInt32());

    private void Check(string path, int number, Func<Variable, Tensor?, JsonElement, Variable> apply)
    {
        using TensorScope scope = device.Scope();
        using SafetensorsFile file = GoldenFiles.Open(path);
        using JsonDocument configs = JsonDocument.Parse(file.Metadata["config"]);
        JsonElement config = configs.RootElement[number];
        string name = $"case{number}";
        Tensor? filter = file.Contains($"{name}.in.f")
            ? Tensor.From(file.ReadFloats($"{name}.in.f"), file.Entry($"{name}.in.f").Shape, device)
            : null;
        Variable x = new(file.ChannelsLast($"{name}.in.x", device), requiresGradient: true);
        Variable y = apply(x, filter, config);
        RecordedVideo.AssertEqual(y.Value, file.ChannelsLast($"{name}.out.y", device), $"{config}: y");
        Variable upstream = new(file.ChannelsLast($"{name}.in.dy", device));
        Variable gradient = Gradient.Of(y, [x], upstream)[0];
        RecordedVideo.AssertEqual(gradient.Value, file.ChannelsLast($"{name}.grad.x", device), $"{config}: gradient");
    }
}
