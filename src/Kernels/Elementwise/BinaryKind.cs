namespace GenKernels.Kernels.Elementwise;

/// <summary>What <see cref="Binary"/> computes of a and b.</summary>
public enum BinaryKind
{
    /// <summary>a + b.</summary>
    Add,

    /// <summary>a - b.</summary>
    Subtract,

    /// <summary>a b.</summary>
    Multiply,

    /// <summary>a / b.</summary>
    Divide,

    /// <summary>1 where a and b are equal, else 0.</summary>
    Equal,

    /// <summary>The sign of a where |a| is b, else 0.</summary>
    SignWhereMagnitude,
}
