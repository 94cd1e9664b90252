namespace GenKernels.Kernels.Filtering;

/// <summary>How the activation's signs are used; numbered as in <c>FilteredPlan.cuh</c>.</summary>
internal enum FilteredMode
{
    /// <summary>Signs are not kept.</summary>
    Plain,

    /// <summary>Signs are written, for the gradient.</summary>
    WritesSigns,

    /// <summary>Signs are read and replace the activation by its derivative.</summary>
    ReadsSigns,
}
