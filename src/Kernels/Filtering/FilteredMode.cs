namespace GenKernels.Kernels.Filtering;

/// <summary>What becomes of the signs; the numbers are those of <c>FilteredPlan.cuh</c>.</summary>
internal enum FilteredMode
{
    /// <summary>None are kept.</summary>
    Plain,

    /// <summary>They are written for the gradient.</summary>
    WritesSigns,

    /// <summary>They stand in for the activation.</summary>
    ReadsSigns,
}
