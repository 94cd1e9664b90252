namespace GenKernels.Train.Data;

/// <summary>
/// A data set is missing, damaged, of another size, or cannot be created; the message names the file or folder.
/// </summary>
public sealed class DatasetException : Exception
{
    /// <param name="message">One line: what was needed, what was found, and where.</param>
    public DatasetException(string message) : base(message)
    {
    }

    /// <param name="message">One line: what was needed, what was found, and where.</param>
    /// <param name="innerException">The underlying failure.</param>
    public DatasetException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
