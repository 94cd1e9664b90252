namespace GenKernels.Train.Augmentation;

/// <summary>Where the random numbers of an augmentation come from, in the order in which they are asked for.</summary>
public interface IAdaDraws
{
    /// <param name="count">How many.</param>
    /// <returns>Numbers from 0 to below 1.</returns>
    public double[] Uniform(int count);

    /// <param name="count">How many.</param>
    /// <returns>Standard normal numbers.</returns>
    public double[] Normal(int count);
}
