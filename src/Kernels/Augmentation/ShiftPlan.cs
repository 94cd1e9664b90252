using System.Runtime.InteropServices;

namespace GenKernels.Kernels.Augmentation;

/// <summary>Sizes of clips and of what is cut out; laid out as <c>ShiftPlan</c> in <c>DiffAugShift.cu</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct ShiftPlan
{
    private readonly int _frames;
    private readonly int _height;
    private readonly int _width;
    private readonly int _channels;
    private readonly int _cutHeight;
    private readonly int _cutWidth;
    private readonly int _isAdjoint;

    internal ShiftPlan(Shape clips, bool isAdjoint)
    {
        (_frames, _height, _width, _channels) = (clips[1], clips[2], clips[3], clips[4]);
        _cutHeight = DiffAugShift.CutoutSize(_height);
        _cutWidth = DiffAugShift.CutoutSize(_width);
        _isAdjoint = isAdjoint ? 1 : 0;
    }
}
