using GenKernels.Autograd;
using GenKernels.Models.LongVideo;
using GenKernels.Models.StyleGan;
using GenKernels.Runtime;
using GenKernels.Train.LongVideo;

namespace GenKernels.Cli.Generation;

/// <summary>A generator's file: located, checked, then loaded.</summary>
internal sealed class TrainedGenerator : IDisposable
{
    private const string Kind = "long-video-lowres";

    private readonly SafetensorsFile _file;

    private TrainedGenerator(SafetensorsFile file, LowResolutionPreset preset) => (_file, Preset) = (file, preset);

    /// <summary>Sizes of the network.</summary>
    internal LowResolutionPreset Preset { get; }

    /// <summary>Path of the file with the weights.</summary>
    internal string Path => _file.Path;

    /// <param name="path">The file itself, the folder of a checkpoint, or that of a run, whose newest checkpoint is
    /// used.</param>
    /// <returns>The opened file, with weights not read yet; the caller disposes it.</returns>
    /// <exception cref="CommandException">There is no such file, or it is of another kind or an unknown
    /// preset.</exception>
    /// <exception cref="SafetensorsException">The file is damaged.</exception>
    internal static TrainedGenerator Open(string path)
    {
        SafetensorsFile file = SafetensorsFile.Open(Find(path));
        try
        {
            string kind = file.Metadata.GetValueOrDefault("kind", "");
            string name = file.Metadata.GetValueOrDefault("preset", "");
            if (kind != Kind)
            {
                throw new CommandException($"{file.Path} is not a long-video generator: its kind is not {Kind}");
            }

            LowResolutionPreset preset = LowResolutionPreset.All.FirstOrDefault(preset => preset.Name == name)
                ?? throw new CommandException($"{file.Path} has preset '{name}', which this version does not support");
            return new TrainedGenerator(file, preset);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <param name="device">Device for the network.</param>
    /// <returns>The generator; the caller disposes it.</returns>
    /// <exception cref="CommandException">The file lacks weights, or holds them in other shapes.</exception>
    /// <exception cref="SafetensorsException">The weights are damaged.</exception>
    internal LowResolutionGenerator Load(Device device)
    {
        _file.VerifyChecksum();
        using Initializer initializer = new(device, seed: 0);
        LowResolutionGenerator generator = new(Preset.Generator, initializer);
        try
        {
            StateDict.Load(generator, StateFile.Entries(_file));
            generator.RequiresGradient(false);
            return generator;
        }
        catch (StateDictException fault)
        {
            generator.Dispose();
            throw new CommandException($"{Path} does not fit preset {Preset.Name}: {fault.Message}");
        }
    }

    public void Dispose() => _file.Dispose();

    private static string Find(string path)
    {
        if (File.Exists(path)) return path;
        if (!Directory.Exists(path)) throw new CommandException($"{path}: no such checkpoint");
        string folder = LowResolutionCheckpoint.Newest(path) ?? path;
        string file = System.IO.Path.Combine(folder, LowResolutionCheckpoint.AverageGeneratorFile);
        return File.Exists(file)
            ? file
            : throw new CommandException(
                $"{path} contains no checkpoint: {LowResolutionCheckpoint.AverageGeneratorFile} is missing");
    }
}
