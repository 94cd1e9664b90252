using System.CommandLine;
using GenKernels.Cli.Profiling;
using GenKernels.Runtime;
using Spectre.Console;

namespace GenKernels.Cli;

/// <summary>
/// <c>gk profile kernel</c>: lists all kernels, profiles one kernel's launches in a training step, or shows the
/// compilers' output for it.
/// </summary>
internal sealed class ProfileKernelCommand
{
    private readonly ProfileOptions _options = new(by: "shape");
    private readonly TrainingTrial _trial = new();

    private readonly Argument<string?> _name = new("NAME")
    {
        Description = "A kernel or kernel file; lists all if omitted",
        DefaultValueFactory = _ => null,
    };

    private readonly Option<bool> _source = new("--source")
    {
        Description = "Write the source with its headers, as the compiler sees it, without measuring",
    };

    private readonly Option<bool> _assembly = new("--assembly")
    {
        Description = "Write the compiled code, assembly for a CPU, PTX and SASS for a GPU, without measuring",
    };

    private readonly Option<string?> _type = new("--type")
    {
        Description = "Element type for --source and --assembly; by default Float32, else the kernel's first type",
        HelpName = "name",
    };

    private readonly Option<string?> _variant = new("--variant")
    {
        Description = "Defines for --source and --assembly, or a part of them; by default the first variant",
        HelpName = "text",
    };

    private readonly Option<string?> _out = new("--out")
    {
        Description = "Output file of --source and --assembly",
        HelpName = "file",
    };

    internal static Command Create()
    {
        ProfileKernelCommand options = new();
        ExampleCommand command = new(
            "kernel", "List all kernels, or show one kernel's launches by shape or its code.",
            "gk profile kernel Upfirdn --preset tiny",
            "gk profile kernel BiasActivation --assembly --variant LeakyRelu --out out/BiasActivation.s")
        {
            options._name, options._source, options._assembly, options._type, options._variant, options._out,
        };
        options._trial.AddTo(command);
        options._options.AddTo(command);
        return command.Does(options.Run);
    }

    private int Run(ParseResult result, CancellationToken stop)
    {
        Terminal terminal = new(result);
        bool isCode = result.GetValue(_source) || result.GetValue(_assembly);
        foreach (Option option in (Option[])[_type, _variant, _out])
        {
            if (isCode || result.GetResult(option) is not { Implicit: false }) continue;
            throw new CommandException($"{option.Name} requires --source or --assembly");
        }

        if (isCode && result.GetValue(_options.Json))
        {
            throw new CommandException("--json cannot be combined with --source or --assembly, which write text");
        }

        if (result.GetValue(_name) is not { } name)
        {
            if (isCode) throw new CommandException("--source and --assembly need the name of a kernel");
            List(terminal, result.GetValue(_options.Json));
            return ExitCode.Success;
        }

        KernelSource source = KernelFiles.Find(name, result.GetValue(_variant));
        if (isCode) WriteCode(result, source, terminal);
        else Measure(result, source, terminal, stop);
        return ExitCode.Success;
    }

    private static void List(Terminal terminal, bool isJson)
    {
        Listed[] files = [.. KernelFiles.All.GroupBy(source => source.Path).Select(Listed.Of)];
        if (isJson)
        {
            terminal.WriteJson(files);
            return;
        }

        Table table = new Table().Border(TableBorder.Simple).AddColumns("file", "kernels", "types", "variants");
        foreach (Listed file in files)
        {
            table.AddRow(
                file.File, string.Join(", ", file.Kernels), string.Join(", ", file.Types), $"{file.Variants}");
        }

        terminal.Output.Write(table);
    }

    private void Measure(ParseResult result, KernelSource source, Terminal terminal, CancellationToken stop)
    {
        ProfileRequest request = _options.Read(result);
        using Device device = _options.Open(result);
        StepMeasurement measurement = _trial.Measure(result, request, device, terminal, stop);
        string what = _trial.Describe(result);
        if (!measurement.Steps.SelectMany(step => step.Work).Any(work => source.KernelNames.Contains(work.Name)))
        {
            throw new CommandException(
                $"{source} is not launched by this work: {what} on {device}; try another --preset, "
                + "--phase, --precision or --device");
        }

        new ProfileReport($"{source}: {what}", device, measurement, request)
            .Write(terminal, row => source.KernelNames.Contains(row.Name));
    }

    private void WriteCode(ParseResult result, KernelSource source, Terminal terminal)
    {
        string? file = result.GetValue(_out);
        if (file is not null) AtomicFile.RequirePlace(file);
        ElementType type = Type(source, result.GetValue(_type));
        string variant = Variant(source, result.GetValue(_variant));
        List<string> parts = [];
        if (result.GetValue(_source)) parts.Add(source.Defines(type, variant) + source.Text);
        if (result.GetValue(_assembly)) parts.Add(Assembly(result, source, type, variant));
        string text = string.Join('\n', parts);
        if (file is null) terminal.Output.Profile.Out.Writer.Write(text);
        else
        {
            AtomicFile.WriteText(file, text);
            terminal.Output.WriteLine($"{source} for {type} {variant} in {file}".Replace("  ", " "));
        }
    }

    private string Assembly(ParseResult result, KernelSource source, ElementType type, string variant)
    {
        using Device device = DeviceFactory.Open(result.GetRequiredValue(_options.Device));
        if (source.IsHostOnly && device.Kind == DeviceKind.Cuda)
        {
            throw new CommandException($"{source} runs only on a CPU; use --device host to see its assembly");
        }

        return string.Join('\n', device.Translate(source, type, variant).Select(
            part => $"// {part.Language} of {source} for {type} {variant} on {device}\n{part.Text}"));
    }

    private static ElementType Type(KernelSource source, string? name)
    {
        if (name is null) return source.Types.Contains(ElementType.Float32) ? ElementType.Float32 : source.Types[0];
        foreach (ElementType type in source.Types)
        {
            if (type.ToString().Equals(name, StringComparison.OrdinalIgnoreCase)) return type;
        }

        throw new CommandException($"{source} is compiled for {string.Join(", ", source.Types)}, not '{name}'");
    }

    private static string Variant(KernelSource source, string? part) => KernelFiles.Variant(source, part)
        ?? throw new CommandException(
            $"{source} has no variant with '{part}'; expected one of {string.Join(" | ", source.Variants)}");

    /// <summary>A file of kernels.</summary>
    /// <param name="File">Below the folder of all kernels.</param>
    /// <param name="Kernels">Their names.</param>
    /// <param name="Types">What it is compiled for.</param>
    /// <param name="Variants">How many it has.</param>
    private sealed record Listed(
        string File, IReadOnlyList<string> Kernels, IReadOnlyList<ElementType> Types, int Variants)
    {
        public static Listed Of(IGrouping<string, KernelSource> file) => new(
            file.Key, [.. file.First().KernelNames], [.. file.SelectMany(source => source.Types).Distinct()],
            file.Sum(source => source.Variants.Count));
    }
}
