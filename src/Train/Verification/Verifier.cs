using System.Diagnostics;
using GenKernels.Runtime;

namespace GenKernels.Train.Verification;

/// <summary>Checks this implementation against files of recorded cases.</summary>
/// <remarks>
/// A case's kind follows from its configuration and tensors, or else from the file's name; see
/// <see cref="ICaseRunner"/>.
/// </remarks>
public sealed class Verifier
{
    private const string Extension = ".safetensors";

    private readonly Device _device;
    private readonly IReadOnlyList<ICaseRunner> _runners;

    /// <param name="device">Device that the cases run on; not disposed.</param>
    public Verifier(Device device)
        : this(device, [
            new BiasActivationCases(),
            new ConvolutionCases(),
            new FilteredLeakyReluCases(),
            new UpfirdnCases(),
            new ResampleCases(),
            new ResampledConvolutionCases(),
            new ModulatedConvolutionCases(),
            new NormalizationCases(),
            new PointwiseCases(),
            new TemporalModulatedConvolutionCases(),
            new TemporalStretchCases(),
            new DiffAugCases(),
            new AdaCases(),
            new ResizeCases(),
            new HeatmapCases(),
            new PictureResizeCases(),
            new ImageConversionCases(),
            new ColorSimilarityCases(),
            new FrechetCases(),
            new NoiseScheduleCases(),
            new DdimCases(),
            new EulerAncestralCases(),
            new FilterDesignCases(),
            new AttentionCases(),
            new OptimizerCases(),
            new LowResolutionGeneratorCases(),
            new LowResolutionDiscriminatorCases(),
            new LowResolutionTrainingCases(),
        ])
    {
    }

    internal Verifier(Device device, IReadOnlyList<ICaseRunner> runners) => (_device, _runners) = (device, runners);

    /// <param name="path">A folder, searched recursively, or one file.</param>
    /// <returns>The files of recorded cases, in order.</returns>
    /// <exception cref="DirectoryNotFoundException">There is neither a folder nor a file of that path.</exception>
    /// <exception cref="FileNotFoundException">The folder holds no such file.</exception>
    public static IReadOnlyList<string> FindFiles(string path)
    {
        if (File.Exists(path)) return [path];
        if (!Directory.Exists(path)) throw new DirectoryNotFoundException($"{path}: no such folder or file");
        string[] files = Directory.GetFiles(path, "*" + Extension, SearchOption.AllDirectories);
        if (files.Length == 0) throw new FileNotFoundException($"{path}: contains no {Extension} file");
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    /// <param name="path">As in <see cref="FindFiles"/>.</param>
    /// <param name="filter">Part of the names of the cases to run, ignoring case; null for all.</param>
    /// <param name="stop">Cancels the work between two cases.</param>
    /// <returns>The results, each as soon as it is available.</returns>
    /// <inheritdoc cref="FindFiles" path="/exception"/>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public IEnumerable<CaseResult> Run(string path, string? filter = null, CancellationToken stop = default)
    {
        IReadOnlyList<string> files = FindFiles(path);
        string folder = File.Exists(path) ? Path.GetDirectoryName(Path.GetFullPath(path))! : path;
        return files.SelectMany(file => RunFile(file, NameOf(folder, file), filter, stop));
    }

    private static string NameOf(string folder, string file) =>
        Path.ChangeExtension(Path.GetRelativePath(folder, file), null).Replace('\\', '/');

    private IEnumerable<CaseResult> RunFile(string path, string name, string? filter, CancellationToken stop)
    {
        using CaseFile? file = TryOpen(path, name, out CaseResult? failure);
        if (failure is not null) yield return failure;
        foreach (RecordedCase recorded in file?.Cases ?? [])
        {
            stop.ThrowIfCancellationRequested();
            bool isChosen = filter is null || recorded.Name.Contains(filter, StringComparison.OrdinalIgnoreCase);
            if (isChosen) yield return Run(recorded);
        }
    }

    private static CaseFile? TryOpen(string path, string name, out CaseResult? failure)
    {
        failure = null;
        try
        {
            return CaseFile.Open(path, name);
        }
        catch (Exception fault) when (fault is SafetensorsException or IOException or UnauthorizedAccessException)
        {
            failure = new CaseResult(name, null, CaseStatus.Failed, null, 0, default, fault.Message, 0);
            return null;
        }
    }

    private CaseResult Run(RecordedCase recorded)
    {
        ICaseRunner? runner = _runners.FirstOrDefault(candidate => Recognises(candidate, recorded))
            ?? _runners.FirstOrDefault(candidate => candidate.Kind == recorded.Stem);
        if (runner is null)
        {
            string what = recorded.Config.Has("kind") ? $"kind {recorded.Config.Text("kind")}" : "this file";
            return new CaseResult(
                recorded.Name, null, CaseStatus.Unknown, null, 0, default, $"cases of {what} are not implemented", 0);
        }

        Stopwatch watch = Stopwatch.StartNew();
        CaseRun run = new(recorded, _device, runner);
        (CaseStatus status, string? message) = Execute(run, runner);
        foreach (InputMove move in InputMove.Tries)
        {
            if (!runner.HasKinks || !run.OnlyGradientsAreOff) break;
            CaseRun moved = new(recorded, _device, runner, move);
            if (Execute(moved, runner).Status != CaseStatus.Passed) continue;
            (run, status) = (moved, CaseStatus.Passed);
            message = $"with inputs moved by {move}: an activation lies within rounding of its kink";
        }

        return new CaseResult(
            recorded.Name, runner.Kind, status, run.Worst, run.Error, run.Tolerance, message,
            watch.Elapsed.TotalSeconds);
    }

    private static bool Recognises(ICaseRunner runner, RecordedCase recorded)
    {
        try
        {
            return runner.Recognises(recorded);
        }
        catch (UnknownCaseException)
        {
            return false;  // a setting of the same name that means something else
        }
    }

    private (CaseStatus Status, string? Message) Execute(CaseRun run, ICaseRunner runner)
    {
        using TensorScope scope = _device.Scope();
        try
        {
            runner.Run(run);
        }
        catch (UnknownCaseException unknown)
        {
            return (CaseStatus.Unknown, unknown.Message);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            run.Faults.Add(fault.Message);  // continue with the next case, whatever the failure
        }

        if (run.Faults.Count > 0) return (CaseStatus.Failed, string.Join("; ", run.Faults));
        string[] untouched = [.. run.Untouched];
        if (untouched.Length > 0) return (CaseStatus.Unknown, $"not implemented: {string.Join(", ", untouched)}");
        return run.Worst is null ? (CaseStatus.Unknown, "the case records no result") : (CaseStatus.Passed, null);
    }
}
