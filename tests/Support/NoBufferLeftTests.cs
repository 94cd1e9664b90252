using System.Reflection;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;
using NUnit.Framework.Internal.Execution;

namespace GenKernels.Tests.Support;

/// <summary>A test of the test framework: a leaked buffer is found, in a fixture that runs within this one.</summary>
public sealed class NoBufferLeftTests
{
    private static readonly string[] s_setting = [nameof(PlantedLeaks.Make), nameof(PlantedLeaks.Remove)];

    [TestCase(nameof(PlantedLeaks.LeavesABuffer), TestStatus.Failed, "2 on host, 1 on simt")]
    [TestCase(nameof(PlantedLeaks.LeavesAView), TestStatus.Failed, "1 on host")]
    [TestCase(nameof(PlantedLeaks.FailsBeforeItDisposes), TestStatus.Failed, "the fault itself")]
    [TestCase(nameof(PlantedLeaks.IsExcused), TestStatus.Passed, "")]
    [TestCase(nameof(PlantedLeaks.DisposesEverything), TestStatus.Passed, "")]
    [TestCase(nameof(PlantedLeaks.DisposesWhatSetUpMade), TestStatus.Passed, "")]
    public void APlantedLeakIsFound(string name, TestStatus expected, string message)
    {
        TestResult run = Run();
        ITestResult result = run.Children.SingleOrDefault(test => test.Name == name)
            ?? throw new AssertionException(run.ToXml(recursive: true).OuterXml);
        Assert.That(result.ResultState.Status, Is.EqualTo(expected), result.Message);
        Assert.That(result.Message, Does.Contain(message));
    }

    [Test]
    public void EveryTestIsLookedAt() =>
        Assert.That(
            typeof(NoBufferLeftTests).Assembly.GetCustomAttributes(typeof(NoBufferLeftAttribute), false), Is.Not.Empty);

    private static TestResult Run()
    {
        TestFixture fixture = new(new TypeWrapper(typeof(PlantedLeaks)), arguments: null);
        const BindingFlags all = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static;
        foreach (MethodInfo method in typeof(PlantedLeaks).GetMethods(all))
        {
            bool isTest = method.DeclaringType == typeof(PlantedLeaks) && !s_setting.Contains(method.Name);
            if (isTest) fixture.Add(new TestMethod(new MethodWrapper(typeof(PlantedLeaks), method), fixture));
        }

        WorkItem work = WorkItemBuilder.CreateWorkItem(fixture, TestFilter.Empty, recursive: true)!;
        work.InitializeContext(new TestExecutionContext { Dispatcher = new MainThreadWorkItemDispatcher() });
        Thread runner = new(work.Execute);  // a run sets the thread's current test
        using (ExecutionContext.SuppressFlow()) runner.Start();
        runner.Join();
        PlantedLeaks.Forget();
        return work.Result;
    }
}
