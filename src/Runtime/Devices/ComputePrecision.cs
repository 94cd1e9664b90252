namespace GenKernels.Runtime;

/// <summary>How exactly a device computes with the types that it is given, where there is a choice.</summary>
/// <param name="Matrix">Of products and convolutions of 32-bit floats.</param>
public sealed record ComputePrecision(MatrixPrecision Matrix)
{
    /// <summary>Nothing is rounded that the type would keep.</summary>
    public static ComputePrecision Exact { get; } = new(MatrixPrecision.Exact);

    /// <summary>32-bit floats are multiplied on tensor cores.</summary>
    public static ComputePrecision Tf32 { get; } = new(MatrixPrecision.Tf32);
}
