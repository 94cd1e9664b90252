using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;

[assembly: GenKernels.Tests.Support.IgnoreWithoutProgram]

namespace GenKernels.Tests.Support;

/// <summary>
/// Turns a failure into an ignored test if the machine lacks a program: the failure's message blames the program, and
/// the program is indeed missing. If the programs are there, nothing changes.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class IgnoreWithoutProgramAttribute : Attribute, ITestAction
{
    /// <inheritdoc/>
    public ActionTargets Targets => ActionTargets.Test;

    /// <inheritdoc/>
    public void BeforeTest(ITest test)
    {
    }

    /// <inheritdoc/>
    public void AfterTest(ITest test)
    {
        TestResult result = TestExecutionContext.CurrentContext.CurrentResult;
        if (result.ResultState.Status != TestStatus.Failed) return;
        if (MissingProgram.Blamed(result.Message) is { } reason) result.SetResult(ResultState.Ignored, reason);
    }
}
