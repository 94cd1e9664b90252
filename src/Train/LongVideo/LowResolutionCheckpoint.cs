using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using GenKernels.Autograd;
using GenKernels.Runtime;
using GenKernels.Train.Data;
using GenKernels.Train.Runs;

namespace GenKernels.Train.LongVideo;

/// <summary>The complete state of a training run: networks, moving average, optimizers and position. A folder that is
/// either whole or absent.</summary>
/// <param name="Step">Steps finished.</param>
/// <param name="Preset">Name of the preset of sizes.</param>
/// <param name="Options">Training options.</param>
/// <param name="ClipIndex">Number of real clips drawn so far.</param>
/// <param name="NoiseOffset">Position in the noise stream.</param>
public sealed record LowResolutionCheckpoint(
    long Step, string Preset, LowResolutionTrainingOptions Options, long ClipIndex, ulong NoiseOffset)
{
    /// <summary>File name of the averaged generator, the one to generate videos with.</summary>
    public const string AverageGeneratorFile = "generator-average.safetensors";

    private const string StateFileName = "state.json";
    private const string FolderPrefix = "checkpoint-";
    private const string PartialSuffix = ".partial";
    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,  // a damaged name must not mean a default
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new PrecisionConverter() },
    };

    /// <summary>The newest value of every logged metric except times; some are measured in few steps only.</summary>
    public IReadOnlyDictionary<string, double>? Values { get; init; }

    /// <summary><see cref="VideoDataset.Fingerprint"/> of the data set that was trained on; null if unknown.</summary>
    public string? Dataset { get; init; }

    /// <summary>Writes a checkpoint and deletes all but the newest few. An existing one of the same step is left: its
    /// content is the same.</summary>
    /// <param name="runFolder">Folder of the run.</param>
    /// <param name="gan">The networks.</param>
    /// <param name="keep">Number of checkpoints to keep, at least 1.</param>
    /// <returns>The checkpoint's folder.</returns>
    /// <exception cref="IOException">The disk is full or the folder cannot be written; the older checkpoints
    /// remain.</exception>
    public string Save(string runFolder, LowResolutionGan gan, int keep = 2)
    {
        string folder = Path.Combine(runFolder, $"{FolderPrefix}{Step:D8}");
        if (Directory.Exists(folder)) return folder;
        foreach (string abandoned in Directory.GetDirectories(runFolder, $"{FolderPrefix}*{PartialSuffix}"))
        {
            Directory.Delete(abandoned, recursive: true);
        }

        string temporary = folder + PartialSuffix;
        Directory.CreateDirectory(temporary);
        try
        {
            foreach ((string name, IReadOnlyList<StateEntry> entries) in Parts(gan))
            {
                Write(Path.Combine(temporary, name), entries);
            }

            AtomicFile.WriteText(Path.Combine(temporary, StateFileName), JsonSerializer.Serialize(this, s_json));
            Directory.Move(temporary, folder);
        }
        catch
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
            throw;
        }

        foreach (string old in Folders(runFolder).SkipLast(Math.Max(1, keep))) Remove(old);
        return folder;
    }

    /// <returns>The newest checkpoint of a run, or null if there is none.</returns>
    public static string? Newest(string runFolder) => Folders(runFolder).LastOrDefault();

    /// <summary>Reads the position of a run, without the networks.</summary>
    /// <exception cref="InvalidDataException">The folder holds no checkpoint or a damaged one.</exception>
    public static LowResolutionCheckpoint Read(string folder)
    {
        string path = Path.Combine(folder, StateFileName);
        if (!File.Exists(path))
        {
            throw new InvalidDataException($"{folder} contains no checkpoint: {StateFileName} is missing");
        }

        try
        {
            LowResolutionCheckpoint? state =
                JsonSerializer.Deserialize<LowResolutionCheckpoint>(File.ReadAllText(path), s_json);
            string? fault = state is null ? "it is empty" : state.Fault() ?? state.Misplaced(folder);
            return fault is null ? state! : throw new InvalidDataException($"{path} is damaged: {fault}{Advice(path)}");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException(
                $"{path} is damaged: {JsonFault.Describe(exception)}{Advice(path)}", exception);
        }
    }

    /// <summary>Restores networks and optimizers.</summary>
    /// <param name="folder">Folder of the checkpoint.</param>
    /// <param name="gan">Networks of the same sizes.</param>
    /// <exception cref="InvalidDataException">A file is missing, damaged, of another preset or of other sizes; the
    /// message names it, and the previous checkpoint if there is one.</exception>
    public static void Restore(string folder, LowResolutionGan gan)
    {
        foreach ((string name, DynamicLossScale scale) in LossScales(gan)) Load(name, scale.LoadState);
        Load("generator.safetensors", entries => StateDict.Load(gan.Generator, entries));
        Load("discriminator.safetensors", entries => StateDict.Load(gan.Discriminator, entries));
        Load(AverageGeneratorFile, entries => StateDict.Load(gan.AverageGenerator, entries));
        Load("optimizer-generator.safetensors", gan.GeneratorOptimizer.LoadState);
        Load("optimizer-discriminator.safetensors", gan.DiscriminatorOptimizer.LoadState);

        void Load(string name, Action<IEnumerable<StateEntry>> load) =>
            LowResolutionCheckpoint.Load(Path.Combine(folder, name), gan.Preset.Name, load);
    }

    private static IEnumerable<string> Folders(string runFolder) => Directory
        .EnumerateDirectories(runFolder, FolderPrefix + "*")
        .Where(folder => Path.GetFileName(folder).AsSpan(FolderPrefix.Length).IndexOfAnyExceptInRange('0', '9') < 0)
        .Order(StringComparer.Ordinal);

    /// <summary>Renames first: a process killed during the deletion must not leave a folder that looks like a
    /// checkpoint.</summary>
    private static void Remove(string folder)
    {
        Directory.Move(folder, folder + PartialSuffix);
        Directory.Delete(folder + PartialSuffix, recursive: true);
    }

    private static void Load(string path, string preset, Action<IEnumerable<StateEntry>> load)
    {
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            string itsPreset = file.Metadata.GetValueOrDefault("preset", "");
            if (itsPreset != preset) throw new StateDictException($"expected preset '{preset}', got '{itsPreset}'");
            file.VerifyChecksum();
            load(StateFile.Entries(file));
        }
        catch (SafetensorsException fault)
        {
            throw new InvalidDataException(fault.Message + Advice(path), fault);
        }
        catch (Exception fault) when (fault is StateDictException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{path}: {fault.Message}{Advice(path)}", fault);
        }
    }

    private static string Advice(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        string? runFolder = Path.GetDirectoryName(folder);
        string? before = runFolder is null ? null : Folders(runFolder).LastOrDefault(other =>
            string.CompareOrdinal(Path.GetFileName(other), Path.GetFileName(folder)) < 0);
        return before is null ? "" : $"; remove {folder} to resume from {Path.GetFileName(before)}";
    }

    /// <summary>The first value in the file that no run can have written; null if there is none.</summary>
    private string? Fault()
    {
        if (Preset is null || Options is null) return "preset or options missing";
        if (Step < 0 || ClipIndex < 0) return $"step {Step} and clip {ClipIndex} must not be negative";
        return Options.Fault();
    }

    /// <summary>What is wrong where the folder's own name tells another step; null where it tells none.</summary>
    private string? Misplaced(string folder)
    {
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(folder));
        bool isNamed = name.StartsWith(FolderPrefix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(FolderPrefix.Length), NumberStyles.None, null, out long step) && step != Step;
        return isNamed ? $"its step is {Step}" : null;
    }

    private static IEnumerable<(string Name, IReadOnlyList<StateEntry> Entries)> Parts(LowResolutionGan gan) =>
    [
        ("generator.safetensors", StateDict.Write(gan.Generator)),
        ("discriminator.safetensors", StateDict.Write(gan.Discriminator)),
        (AverageGeneratorFile, StateDict.Write(gan.AverageGenerator)),
        ("optimizer-generator.safetensors", gan.GeneratorOptimizer.WriteState()),
        ("optimizer-discriminator.safetensors", gan.DiscriminatorOptimizer.WriteState()),
        .. LossScales(gan).Select(file => (file.Name, file.Scale.WriteState())),
    ];

    /// <returns>The loss scales in use, each with its file name.</returns>
    private static IEnumerable<(string Name, DynamicLossScale Scale)> LossScales(LowResolutionGan gan)
    {
        (DynamicLossScale? generator, DynamicLossScale? discriminator) =
            (gan.GeneratorOptimizer.LossScale, gan.DiscriminatorOptimizer.LossScale);
        if (generator is not null) yield return ("loss-scale-generator.safetensors", generator);
        if (discriminator is not null) yield return ("loss-scale-discriminator.safetensors", discriminator);
    }

    private void Write(string path, IReadOnlyList<StateEntry> entries)
    {
        SafetensorsWriter writer = new() { HasChecksum = true };
        writer.Metadata["kind"] = "long-video-lowres";
        writer.Metadata["preset"] = Preset;
        writer.Metadata["step"] = Step.ToString(CultureInfo.InvariantCulture);
        StateFile.Add(writer, entries);
        writer.Save(path);
    }
}
