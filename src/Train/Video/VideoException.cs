namespace GenKernels.Train.Video;

/// <summary>A video could not be read or written; the message names the file and what was wrong with it.</summary>
public sealed class VideoException : Exception
{
    /// <param name="message">One line: the file and what was wrong.</param>
    public VideoException(string message) : base(message)
    {
    }

    /// <param name="message">One line: the file and what was wrong.</param>
    /// <param name="innerException">What failed underneath.</param>
    public VideoException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
