using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace GenKernels.Cli;

/// <summary>Where a command writes: results to the output, progress and remarks to the error stream.</summary>
internal sealed class Terminal
{
    // Output to a file does not wrap, but a table needs some width for its layout.
    private const int WidthOfFiles = 160;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly TextWriter _writer;

    /// <param name="result">The command line that runs.</param>
    internal Terminal(ParseResult result)
        : this(result.InvocationConfiguration.Output, result.InvocationConfiguration.Error)
    {
    }

    private Terminal(TextWriter output, TextWriter error)
    {
        _writer = output;
        Output = Open(output, Console.IsOutputRedirected || output != Console.Out);
        Progress = Open(error, Console.IsErrorRedirected || error != Console.Error);
    }

    /// <summary>For results: text and tables.</summary>
    internal IAnsiConsole Output { get; }

    /// <summary>For progress displays and remarks.</summary>
    internal IAnsiConsole Progress { get; }

    /// <summary>Writes a result as JSON: camel-case names, enumerations by name.</summary>
    internal void WriteJson<T>(T value) => _writer.WriteLine(JsonSerializer.Serialize(value, s_json));

    private static IAnsiConsole Open(TextWriter writer, bool isFile)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isFile ? AnsiSupport.No : AnsiSupport.Detect,
            Interactive = isFile ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (isFile) console.Profile.Width = WidthOfFiles;
        return console;
    }
}
