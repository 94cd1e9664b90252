using GenKernels.Autograd;

namespace GenKernels.Train.Verification;

/// <summary>Reads the padding of images: one number, two for columns and rows, or four for all sides.</summary>
internal static class ImagePaddingSetting
{
    /// <param name="config">Settings of the case.</param>
    /// <exception cref="UnknownCaseException">There is another count of numbers.</exception>
    public static ImagePadding Read(CaseConfig config)
    {
        int[] given = config.Integers("padding") ?? [0];
        return given.Length switch
        {
            1 => ImagePadding.Around(given[0]),
            2 => new ImagePadding(given[0], given[0], given[1], given[1]),
            4 => new ImagePadding(given[0], given[1], given[2], given[3]),
            _ => throw new UnknownCaseException($"padding must be one number, two or four, got {given.Length}"),
        };
    }
}
