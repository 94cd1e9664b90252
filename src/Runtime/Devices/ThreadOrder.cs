namespace GenKernels.Runtime;

/// <summary>The order in which <see cref="SimtDevice"/> runs the threads of a block between barriers.</summary>
public enum ThreadOrder
{
    /// <summary>From the first thread to the last.</summary>
    Forward,

    /// <summary>From the last thread to the first.</summary>
    Reverse,

    /// <summary>In a random order, drawn anew at every barrier.</summary>
    Random,
}
