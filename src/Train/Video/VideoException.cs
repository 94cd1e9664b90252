namespace GenKernels.Train.Video;

/// <summary>A video could not be read or written; the message names the file and the reason.</summary>
public sealed class VideoException : Exception
{
    /// <param name="message">One line: the file and the reason.</param>
    public VideoException(string message) : base(message)
    {
    }

    /// <param name="message">One line: the file and the reason.</param>
    /// <param name="innerException">The underlying failure.</param>
    public VideoException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
