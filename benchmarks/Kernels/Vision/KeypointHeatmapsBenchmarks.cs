using GenKernels.Kernels.Vision;

namespace GenKernels.Benchmarks.Kernels.Vision;

/// <summary>Keypoint heatmaps for the blocks of PoseScenes.</summary>
public class KeypointHeatmapsBenchmarks : KernelBenchmarks
{
    private const int Keypoints = 18;

    /// <inheritdoc/>
    public override IEnumerable<KernelCase> Cases => [Maps(64, 64), Maps(64, 16)];

    /// <summary>Keypoints near the first pixel, half of them with a negative visibility.</summary>
    private static KernelCase Maps(int pictures, int size) => new(
        $"KeypointHeatmaps {pictures}x{size}x{size}", [[pictures, Keypoints, 3]], [pictures, size, size, Keypoints],
        inputs => KeypointHeatmaps.Forward(inputs[0], size, size),
        (inputs, index) =>
        {
            long pixel = index / Keypoints;
            long first = ((pixel / size / size * Keypoints) + (index % Keypoints)) * 3;
            double sigma = KeypointHeatmaps.Sigma(size, size);
            double x = (pixel % size) - inputs[0][first], y = (pixel / size % size) - inputs[0][first + 1];
            return Math.Exp(-((x * x) + (y * y)) / (sigma * sigma)) * inputs[0][first + 2];
        });
}
