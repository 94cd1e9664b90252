using System.Reflection;
using GenKernels.Autograd;

namespace GenKernels.Tests.Structure;

/// <summary>The generic tests cover everything: every differentiable operation has a sample in the catalog.</summary>
public sealed class CatalogTests
{
    private static IEnumerable<string> Operations =>
        typeof(OpCatalog).Assembly.GetExportedTypes()
            .Where(type => type.Name.EndsWith("Operation", StringComparison.Ordinal))
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static))
            .Where(method => method.ReturnType == typeof(Variable))
            .Select(method => method.Name).Distinct().Order(StringComparer.Ordinal);

    [Test]
    public void ThereAreOperations() => Assert.That(Operations, Does.Contain("PixelNorm").And.Contain("Attention"));

    [Test]
    public void EveryOperationHasASample()
    {
        string catalog = string.Concat(Repository.FilesBelow("src/Autograd/Catalog", ".cs").Select(Repository.Read));
        IEnumerable<string> missing = Operations.Where(
            name => !catalog.Contains($".{name}(", StringComparison.Ordinal));
        Assert.That(missing, Is.Empty);
    }
}
