using System.Reflection;
using NetArchTest.Rules;

namespace GenKernels.Tests.Structure;

/// <summary>Each assembly may reference those before it in this order, and none after it.</summary>
public sealed class DependencyTests
{
    private static readonly string[] s_order = ["Runtime", "Kernels", "Autograd", "Models", "Train", "Cli"];

    [Test]
    public void NothingPointsBackwards([Range(0, 4)] int index)
    {
        string[] later = [.. s_order[(index + 1)..].Select(name => $"GenKernels.{name}")];
        TestResult result = Types.InAssembly(Open(index)).ShouldNot().HaveDependencyOnAny(later).GetResult();
        Assert.That(result.FailingTypeNames ?? [], Is.Empty, $"{s_order[index]} knows a later assembly");
    }

    [Test]
    public void AnAssemblyReferencesOnlyEarlierOnes([Range(0, 5)] int index)
    {
        IEnumerable<string> own = Open(index).GetReferencedAssemblies()
            .Select(name => name.Name!).Where(name => name.StartsWith("GenKernels.", StringComparison.Ordinal));
        Assert.That(own, Is.SubsetOf(s_order[..index].Select(name => $"GenKernels.{name}")));
    }

    [Test]
    public void TheRuleSeesADependencyWhereThereIsOne()
    {
        TestResult result = Types.InAssembly(Open(2)).ShouldNot().HaveDependencyOnAny("GenKernels.Kernels").GetResult();
        Assert.That(result.IsSuccessful, Is.False);
    }

    [Test]
    public void UnsafeCodeIsInTheRuntimeAlone()
    {
        IEnumerable<string> projects = Repository.FilesBelow("src", ".csproj")
            .Where(file => Repository.Read(file).Contains("<AllowUnsafeBlocks>true", StringComparison.Ordinal));
        Assert.That(projects, Is.EqualTo(new[] { "src/Runtime/GenKernels.Runtime.csproj" }));
    }

    [Test]
    public void TheEngineIsReadyForAheadOfTimeCompilation(
        [Values("Runtime", "Kernels", "Autograd", "Models")] string name) =>
        Assert.That(Repository.Read($"src/{name}/GenKernels.{name}.csproj"), Does.Contain("<IsAotCompatible>true"));

    private static Assembly Open(int index) => Assembly.Load($"GenKernels.{s_order[index]}");
}
