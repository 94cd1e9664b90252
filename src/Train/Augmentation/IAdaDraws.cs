namespace GenKernels.Train.Augmentation;

/// <summary>Source of an augmentation's random numbers, in the order in which they are drawn.</summary>
public interface IAdaDraws
{
    /// <param name="count">Number of draws.</param>
    /// <returns>Numbers from 0 to below 1.</returns>
    public double[] Uniform(int count);

    /// <param name="count">Number of draws.</param>
    /// <returns>Standard normal numbers.</returns>
    public double[] Normal(int count);
}
