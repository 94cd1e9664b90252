using System.Collections.Concurrent;
using NUnit.Framework.Interfaces;

namespace GenKernels.Tests.Support;

/// <summary>
/// Fails every test after which tensors hold more device buffers than before it, and the suite if setup and teardown
/// leave some. A test that failed for another reason, or was skipped half-way, is exempt: it may have ended before it
/// could dispose.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly | AttributeTargets.Class)]
public sealed class NoBufferLeftAttribute : Attribute, ITestAction
{
    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, long>> _before = [];

    /// <inheritdoc/>
    public ActionTargets Targets => ActionTargets.Test | ActionTargets.Suite;

    /// <inheritdoc/>
    public void BeforeTest(ITest test) => _before[test.Id] = BufferCensus.Take();

    /// <inheritdoc/>
    public void AfterTest(ITest test)
    {
        if (!_before.TryRemove(test.Id, out IReadOnlyDictionary<string, long>? before)) return;
        bool hasFailed = TestContext.CurrentContext.Result.Outcome.Status is TestStatus.Failed or TestStatus.Skipped;
        if (hasFailed || BufferCensus.Grown(before) is not { } left || LeavesBuffersAttribute.IsOn(test)) return;
        throw new AssertionException($"device buffers are left in tensors that nobody disposed: {left}");
    }
}
