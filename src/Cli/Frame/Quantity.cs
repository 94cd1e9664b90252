using System.Globalization;

namespace GenKernels.Cli;

/// <summary>Numbers of things, as messages tell them.</summary>
internal static class Quantity
{
    /// <param name="number">How many there are.</param>
    /// <param name="what">The word for one; its plural ends in s.</param>
    /// <returns>Such as "1 video" or "1,200 videos".</returns>
    internal static string Of(long number, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {what}{(number == 1 ? "" : "s")}");
}
