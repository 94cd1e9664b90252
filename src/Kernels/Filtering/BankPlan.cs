using System.Runtime.InteropServices;

namespace GenKernels.Kernels.Filtering;

/// <summary>Sizes of the noise and the bank; laid out as <c>BankPlan</c> in <c>LowpassBank.cu</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct BankPlan
{
    internal readonly int Length;
    internal readonly int OutputLength;
    internal readonly int ChannelCount;
    internal readonly int FilterCount;
    internal readonly int TapCount;

    internal BankPlan(int length, int channelCount, int filterCount, int tapCount)
    {
        Length = length;
        OutputLength = length - tapCount + 1;
        ChannelCount = channelCount;
        FilterCount = filterCount;
        TapCount = tapCount;
    }
}
