using GenKernels.Train.Video;

namespace GenKernels.Train.Verification;

/// <summary>Byte pictures <c>[H, W, 3]</c>, resized as by Pillow.</summary>
internal sealed class PictureResizeCases : ICaseRunner
{
    private const string Fit = "InstructPix2Pix input fit";

    public string Kind => "pil_resize";

    public bool Recognises(RecordedCase recorded) => recorded.Rank("in.image") == 3
        && recorded.Config.Text("op") is { } op
        && (op.StartsWith("PIL resize", StringComparison.Ordinal) || op.StartsWith(Fit, StringComparison.Ordinal));

    /// <summary>Integers must match exactly.</summary>
    public CaseTolerance Tolerance(RecordedCase recorded, string result) => new(0, 0.25);

    public void Run(CaseRun run)
    {
        byte[] picture = Array.ConvertAll(run.Recorded.Floats("in.image"), level => (byte)level);
        int height = run.Recorded.Shape("in.image")[0], width = run.Recorded.Shape("in.image")[1];
        FrameResizer resizer;
        (int Width, int Height) size;
        if (run.Config.Integer("resolution") is { } resolution)
        {
            size = EditedSize.Of(width, height, resolution);
            FrameBox box = FrameBox.Fit(width, height, size.Width, size.Height);
            resizer = new FrameResizer(width, height, box, size.Width, size.Height);
        }
        else
        {
            int[] wanted = run.Config.Integers("out") ?? [];
            if (wanted.Length != 2) throw new UnknownCaseException("the config lacks the size of the result");
            size = (wanted[1], wanted[0]);
            resizer = FrameResizer.Whole(width, height, size.Width, size.Height, FilterOf(run.Config));
        }

        byte[] resized = new byte[size.Height * size.Width * 3];
        resizer.Resize(picture, resized);
        run.Check("out.image", [size.Height, size.Width, 3], Array.ConvertAll(resized, level => (double)level));
    }

    private static ResizeFilter FilterOf(CaseConfig config) =>
        Enum.TryParse(config.Text("filter"), ignoreCase: true, out ResizeFilter filter) && Enum.IsDefined(filter)
            ? filter
            : throw new UnknownCaseException($"unknown filter {config.Text("filter")}");
}
