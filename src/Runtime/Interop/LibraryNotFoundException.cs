namespace GenKernels.Runtime.Interop;

/// <summary>
/// An optional native library is needed and was not found; the message lists every path tried and what to install.
/// </summary>
public sealed class LibraryNotFoundException : InvalidOperationException
{
    public LibraryNotFoundException(string message)
        : base(message)
    {
    }
}
