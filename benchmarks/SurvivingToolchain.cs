using BenchmarkDotNet.Characteristics;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains;
using BenchmarkDotNet.Toolchains.Parameters;
using BenchmarkDotNet.Toolchains.Results;
using BenchmarkDotNet.Validators;

namespace GenKernels.Benchmarks;

/// <summary>
/// An in-process toolchain under which a benchmark that throws counts as failed and the next one runs. The inner
/// toolchain reports a missing executable instead, and looking up the name of one that never existed ends the whole
/// run.
/// </summary>
internal sealed class SurvivingToolchain(IToolchain inner) : IToolchain, IExecutor
{
    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public IGenerator Generator => inner.Generator;

    /// <inheritdoc/>
    public IBuilder Builder => inner.Builder;

    /// <inheritdoc/>
    public IExecutor Executor => this;

    /// <inheritdoc/>
    public bool IsInProcess => inner.IsInProcess;

    /// <returns>No errors: the inner toolchain would complain that the job does not name it.</returns>
    /// <inheritdoc/>
    public IEnumerable<ValidationError> Validate(BenchmarkCase benchmarkCase, IResolver resolver) => [];

    /// <inheritdoc/>
    public ExecuteResult Execute(ExecuteParameters executeParameters)
    {
        ExecuteResult result = inner.Executor.Execute(executeParameters);
        return result.FoundExecutable
            ? result
            : new ExecuteResult(true, result.ExitCode, result.ProcessId, [], [], [], executeParameters.LaunchIndex);
    }
}
