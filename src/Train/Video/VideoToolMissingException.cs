namespace GenKernels.Train.Video;

/// <summary>A program that decodes or encodes videos is not installed; the message says what to install.</summary>
public sealed class VideoToolMissingException : Exception
{
    /// <param name="program">The name or path that was tried.</param>
    /// <param name="innerException">The operating system's failure.</param>
    public VideoToolMissingException(string program, Exception innerException)
        : base($"cannot start '{program}', needed for videos: install ffmpeg (Debian, Ubuntu: apt-get install ffmpeg; "
            + "elsewhere: ffmpeg.org) and put it on PATH", innerException) =>
        Program = program;

    /// <summary>The name or path that was tried.</summary>
    public string Program { get; }
}
