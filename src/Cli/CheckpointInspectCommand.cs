using System.CommandLine;
using GenKernels.Runtime;
using Spectre.Console;

namespace GenKernels.Cli;

/// <summary><c>gk checkpoint inspect FILE</c>: what a safetensors file holds.</summary>
internal static class CheckpointInspectCommand
{
    private const int LongestValue = 200;

    internal static Command Create()
    {
        Argument<string> file = new("FILE") { Description = "A safetensors file" };
        Option<int> depth = new Option<int>("--depth")
        {
            Description = "Number of dotted name parts in the prefixes that elements are counted by",
            HelpName = "number",
            DefaultValueFactory = _ => 1,
        }.Positive();
        Option<bool> json = CommonOptions.Json();
        ExampleCommand command = new(
            "inspect", "List a checkpoint's metadata, tensors and element counts.",
            "gk checkpoint inspect tests/Golden/longvideo/lres_D_18x32.safetensors",
            "gk checkpoint inspect model.safetensors --depth 2 --json") { file, depth, json };
        return command.Does((result, _) =>
        {
            Terminal terminal = new(result);
            Contents contents = Contents.Read(result.GetRequiredValue(file), result.GetValue(depth));
            if (result.GetValue(json)) terminal.WriteJson(contents);
            else Write(terminal.Output, contents);
            return ExitCode.Success;
        });
    }

    private static void Write(IAnsiConsole output, Contents contents)
    {
        output.WriteLine(
            $"{contents.File}: {Quantity.Of(contents.Tensors.Count, "tensor")}, "
            + $"{Quantity.Of(contents.Elements, "element")}, {Quantity.Of(contents.Bytes, "byte")}");
        foreach ((string key, string value) in contents.Metadata)
        {
            output.WriteLine($"  {key}: {(value.Length > LongestValue ? value[..LongestValue] + " …" : value)}");
        }

        Table tensors = new Table().Border(TableBorder.Simple).AddColumns("tensor", "type", "shape")
            .AddNumbers("elements");
        foreach (Item tensor in contents.Tensors)
        {
            string shape = $"[{string.Join(", ", tensor.Shape)}]";
            tensors.AddRow(tensor.Name.EscapeMarkup(), $"{tensor.Type}", shape.EscapeMarkup(), $"{tensor.Elements:N0}");
        }

        output.Write(tensors);
        Table prefixes = new Table().Border(TableBorder.Simple).AddColumns("prefix")
            .AddNumbers("tensors", "elements");
        foreach (Count count in contents.Prefixes)
        {
            prefixes.AddRow(count.Prefix.EscapeMarkup(), $"{count.Tensors}", $"{count.Elements:N0}");
        }

        output.Write(prefixes);
    }

    /// <summary>The output of <c>--json</c>.</summary>
    private sealed record Contents(
        string File, long Bytes, long Elements, IReadOnlyDictionary<string, string> Metadata,
        IReadOnlyList<Count> Prefixes, IReadOnlyList<Item> Tensors)
    {
        public static Contents Read(string path, int depth)
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            file.VerifyChecksum();
            Item[] tensors = [.. file.Names.Select(name => Item.Of(file.Entry(name)))];
            Count[] prefixes =
            [
                .. tensors.GroupBy(tensor => string.Join('.', tensor.Name.Split('.').Take(depth)))
                    .Select(group => new Count(group.Key, group.Count(), group.Sum(tensor => tensor.Elements))),
            ];
            return new Contents(
                path, new FileInfo(path).Length, tensors.Sum(tensor => tensor.Elements), file.Metadata, prefixes,
                tensors);
        }
    }

    private sealed record Item(string Name, ElementType Type, IReadOnlyList<int> Shape, long Elements)
    {
        public static Item Of(SafetensorsEntry entry) =>
            new(entry.Name, entry.ElementType, [.. entry.Shape], entry.Shape.ElementCount);
    }

    private sealed record Count(string Prefix, int Tensors, long Elements);
}
