namespace GenKernels.Kernels.Movement;

/// <summary>One axis of a copy between two strided views.</summary>
/// <param name="Size">Size of the copied region.</param>
/// <param name="Start">Index of the first element in the source; may lie outside it.</param>
/// <param name="Step">Step between indices of the source; negative to run backwards.</param>
/// <param name="Limit">Size of the source.</param>
/// <param name="SourceStride">In elements; 0 broadcasts the source.</param>
/// <param name="TargetStride">In elements.</param>
internal readonly record struct CopyAxis(int Size, int Start, int Step, int Limit, long SourceStride, long TargetStride)
{
    /// <summary>Whether this axis and the next inner one can be merged: each side addresses both as one axis.</summary>
    internal bool Joins(CopyAxis inner) =>
        IsPlain && inner.IsPlain && inner.Start == 0 && inner.Size == inner.Limit
        && SourceStride == inner.SourceStride * inner.Size && TargetStride == inner.TargetStride * inner.Size
        && (long)Limit * inner.Size <= int.MaxValue;

    /// <returns>This axis merged with the next inner one.</returns>
    internal CopyAxis Join(CopyAxis inner) => new(
        Size * inner.Size, Start * inner.Size, 1, Limit * inner.Size, inner.SourceStride, inner.TargetStride);

    /// <summary>Whether every element comes from within the source; of an axis that is not empty.</summary>
    internal bool LiesWithin
    {
        get
        {
            long last = Start + ((long)Step * (Size - 1));
            return Start >= 0 && Start < Limit && last >= 0 && last < Limit;
        }
    }

    private bool IsPlain => Step == 1 && Start >= 0 && Start + Size <= Limit;
}
