using System.Runtime.InteropServices;

namespace GenKernels.Kernels.Vision;

/// <summary>Sizes of one launch; laid out as <c>HeatmapPlan</c> in <c>KeypointHeatmaps.cu</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct HeatmapPlan(int height, int width, int keypoints, int limbs, double sigma)
{
    private readonly int _height = height;
    private readonly int _width = width;
    private readonly int _keypoints = keypoints;
    private readonly int _limbs = limbs;
    private readonly double _sigma = sigma;
}
