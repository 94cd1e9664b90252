using System.Runtime.InteropServices;

namespace GenKernels.Kernels.Vision;

/// <summary>Sizes of pictures and grids; laid out as <c>GridSamplePlan</c> in <c>GridSample.cu</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct GridSamplePlan(int height, int width, int channels, Shape grid)
{
    private readonly int _height = height;
    private readonly int _width = width;
    private readonly int _channels = channels;
    private readonly int _rows = grid[1];
    private readonly int _columns = grid[2];
}
