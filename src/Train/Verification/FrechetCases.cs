using GenKernels.Train.Metrics;

namespace GenKernels.Train.Verification;

/// <summary>
/// Means, covariances and Fréchet distance of two sets of features <c>[N, C]</c>; the real ones may be weighted.
/// </summary>
internal sealed class FrechetCases : ICaseRunner
{
    public string Kind => "frechet";

    public bool Recognises(RecordedCase recorded) =>
        recorded.Rank("in.real") == 2 && recorded.Rank("in.gen") == 2 && recorded.Has("out.frechet");

    public CaseTolerance Tolerance(RecordedCase recorded, string result) => new(1e-4);

    public void Run(CaseRun run)
    {
        FeatureStatistics real = Statistics(run, "in.real", Weights(run.Recorded));
        FeatureStatistics generated = Statistics(run, "in.gen", null);
        run.Check("out.mean_real", real.Mean());
        run.Check("out.cov_real", [.. real.Covariance().Cast<double>()]);
        run.Check("out.mean_gen", generated.Mean());
        run.Check("out.cov_gen", [.. generated.Covariance().Cast<double>()]);
        run.Check("out.frechet", [FrechetDistance.Of(generated, real)]);
    }

    /// <returns>The recorded weights, or one over the number of features of the same video; null for none.</returns>
    private static double[]? Weights(RecordedCase recorded)
    {
        if (recorded.Has("in.weight")) return recorded.Values("in.weight");
        return recorded.Has("in.num_samples_from_source")
            ? Array.ConvertAll(recorded.Values("in.num_samples_from_source"), count => 1 / count)
            : null;
    }

    private static FeatureStatistics Statistics(CaseRun run, string name, double[]? weights)
    {
        float[] values = run.Recorded.Floats(name);
        int count = run.Recorded.Shape(name)[0], length = run.Recorded.Shape(name)[1];
        if (weights is not null && weights.Length != count)
        {
            throw new UnknownCaseException($"{name} has {count} features, and {weights.Length} weights");
        }

        FeatureStatistics statistics = new(length);
        for (int index = 0; index < count; index++)
        {
            statistics.Add(values.AsSpan(index * length, length), weights?[index] ?? 1);
        }

        return statistics;
    }
}
