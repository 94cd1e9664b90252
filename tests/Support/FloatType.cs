namespace GenKernels.Tests.Support;

/// <summary>The float types, for <c>[Values]</c>.</summary>
public enum FloatType
{
    Float64,
    Float32,
    Float16,
    BFloat16,
}

/// <summary>Conversion to <see cref="ElementType"/>.</summary>
public static class FloatTypes
{
    public static ElementType Element(this FloatType type) => (ElementType)type;
}
