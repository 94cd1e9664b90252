namespace GenKernels.Runtime.Interop;

/// <summary>A call of the CUDA driver, NVRTC or another NVIDIA library failed.</summary>
public sealed class CudaException : InvalidOperationException
{
    /// <param name="call">The call as it stands in the source.</param>
    /// <param name="code">The status that it returned.</param>
    /// <param name="errorName">The status' name, such as <c>CUDA_ERROR_ILLEGAL_ADDRESS</c>.</param>
    /// <param name="text">The library's description of the status; may be empty.</param>
    public CudaException(string call, int code, string errorName, string text)
        : base($"{call} failed: {errorName} ({code}){(text.Length > 0 ? ", " : "")}{text}")
    {
        Call = call;
        Code = code;
        ErrorName = errorName;
    }

    /// <summary>The call that failed, as it stands in the source.</summary>
    public string Call { get; }

    /// <summary>The status that the call returned.</summary>
    public int Code { get; }

    /// <summary>The status' name in the library's header.</summary>
    public string ErrorName { get; }
}
