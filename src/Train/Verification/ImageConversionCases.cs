using GenKernels.Autograd;
using GenKernels.Kernels.Vision;
using GenKernels.Train.Video;

namespace GenKernels.Train.Verification;

/// <summary>
/// Pictures <c>[N, C, H, W]</c> resized bilinearly in three ways, and values converted to bytes in three ways.
/// </summary>
internal sealed class ImageConversionCases : ICaseRunner
{
    private static readonly (string Name, InterpolateGrid Grid)[] s_grids =
    [
        ("out.bilinear_half_pixel", InterpolateGrid.HalfPixel),
        ("out.bilinear_align", InterpolateGrid.Corners),
        ("out.tf1_resize", InterpolateGrid.FirstPixel),
    ];

    private static readonly (string Name, Func<float, byte> Convert)[] s_conversions =
    [
        ("out.uint8_longvideo", FrameConversion.ToByte),
        ("out.uint8_pose", FrameConversion.ToNearestByte),
        ("out.uint8_ip2p", FrameConversion.ToByteBelow),
    ];

    public string Kind => "image_conversion";

    public bool Recognises(RecordedCase recorded) =>
        s_grids.Any(grid => recorded.Has(grid.Name)) || s_conversions.Any(way => recorded.Has(way.Name));

    /// <summary>Bytes must match exactly.</summary>
    public CaseTolerance Tolerance(RecordedCase recorded, string result) =>
        result.StartsWith("out.uint8", StringComparison.Ordinal) ? new(0, 0.25) : new(1e-4);

    public void Run(CaseRun run)
    {
        foreach ((string name, InterpolateGrid grid) in s_grids)
        {
            if (!run.Recorded.Has(name)) continue;
            int[] size = run.Config.Integers("out") ?? [];
            if (size.Length != 2) throw new UnknownCaseException("the config lacks the size of the result");
            InterpolateOptions options = new(InterpolateKind.Bilinear, size[0], size[1], grid);
            run.CheckPart(name, run.Constant("in.image").ToChannelsLast().Interpolate(options).ToChannelsFirst());
        }

        foreach ((string name, Func<float, byte> convert) in s_conversions)
        {
            if (!run.Recorded.Has(name)) continue;
            float[] values = run.Recorded.Floats("in.signed");
            run.Check(name, Array.ConvertAll(values, value => (double)convert(value)));
        }
    }
}
