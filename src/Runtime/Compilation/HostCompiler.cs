using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace GenKernels.Runtime;

/// <summary>Compiles kernels with the system's C++ compiler into a shared library for this processor.</summary>
internal sealed class HostCompiler
{
    // Sums may be reordered, without which the compiler cannot vectorise them; NaN and infinity keep their meaning.
    private const string Options =
        "-std=c++20 -O3 -march=native -fPIC -shared -x c++ -w -fassociative-math -fno-signed-zeros -fno-trapping-math "
        + "-fno-math-errno -ffp-contract=fast -fvisibility=hidden -fno-exceptions -fno-rtti -fno-stack-protector "
        + "-mprefer-vector-width=512";

    // The last -O wins over the one before. Line tables (-g1) are all that a report needs.
    private const string SanitizedOptions = "-O1 -g1 -fno-omit-frame-pointer -fsanitize=";
    private const string ProgramOptions = "-std=c++20 -x c++ -pthread -ldl";

    private const string Variable = "GENKERNELS_CXX";

    private readonly KernelCache _cache;
    private readonly string _defines;
    private readonly string _options = Options;
    private readonly string _programOptions = ProgramOptions;
    private readonly Lazy<string[]> _command = new(Find);

    /// <param name="cache">Where compiled kernels are kept.</param>
    /// <param name="defines">Preprocessor lines put before every source.</param>
    /// <param name="sanitizer">The sanitizer that every library and program is built with.</param>
    internal HostCompiler(KernelCache cache, string defines, Sanitizer sanitizer)
    {
        _cache = cache;
        _defines = defines;
        if (!sanitizer.IsCompiled()) return;
        _defines += $"#define GK_SANITIZE_{sanitizer.Option().ToUpperInvariant()} 1\n";
        _options = $"{Options} {SanitizedOptions}{sanitizer.Option()}";
        _programOptions = $"{ProgramOptions} {SanitizedOptions}{sanitizer.Option()}";
    }

    /// <summary>As <see cref="Find"/> returns it.</summary>
    internal IReadOnlyList<string> Command => _command.Value;

    /// <summary>The compiler's path and arguments, or a note that there is none.</summary>
    internal string Description => _command.Value is [] ? "no C++ compiler" : Line(_command.Value);

    private static string? Chosen =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } chosen ? chosen : null;

    /// <returns>The first line of the compiler's <c>--version</c>, or a note that there is no compiler.</returns>
    internal string Version()
    {
        if (_command.Value is not [{ } path, .. string[] arguments]) return Description;
        ProcessStartInfo start = new(path, [.. arguments, "--version"]) { RedirectStandardOutput = true };
        using Process process = Start(start, "the version of the compiler");
        string line = process.StandardOutput.ReadLine() ?? Description;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return line;
    }

    /// <returns>The processor's model name as the system reports it.</returns>
    internal static string ProcessorName()
    {
        const string file = "/proc/cpuinfo";
        if (!File.Exists(file)) return System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString();
        string? line = File.ReadLines(file)
            .FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal));
        return line?.Split(':', 2)[1].Trim() ?? "unknown processor";
    }

    /// <returns>
    /// The compiler's path and the arguments that always follow it: the one that <c>GENKERNELS_CXX</c> names and no
    /// other, else the first that exists of <c>CXX</c>, g++ and clang++; empty where there is none.
    /// </returns>
    internal static string[] Find()
    {
        string?[] named =
            Chosen is { } chosen ? [chosen] : [Environment.GetEnvironmentVariable("CXX"), "g++", "clang++"];
        return named.Select(value => Split(value ?? "")).FirstOrDefault(command => command.Length > 0) ?? [];
    }

    /// <summary>
    /// Splits a variable's value at spaces, as make does, unless the whole of it is the path of a program.
    /// </summary>
    /// <returns>The program's path and its arguments; empty where there is no such program.</returns>
    internal static string[] Split(string value)
    {
        string[] words = Locate(value) is null ? value.Split(' ', StringSplitOptions.RemoveEmptyEntries) : [value];
        return words is [{ } name, .. string[] arguments] && Locate(name) is { } path ? [path, .. arguments] : [];
    }

    /// <returns>The path of a program, looked up on PATH if it is not rooted; null where there is none.</returns>
    private static string? Locate(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static string Line(string[] command) => string.Join(' ', command);

    /// <returns>The path of the shared library, compiled now or found in the cache.</returns>
    /// <exception cref="CompilationException">There is no compiler, or it refused the source.</exception>
    internal string Compile(KernelSource source, ElementType type, string variant) =>
        Compile(Title(source, type, variant), Text(source, type, variant), _options, ".so");

    /// <returns>The assembly of the shared library, compiled anew on every call.</returns>
    /// <exception cref="CompilationException">There is no compiler, or it refused the source.</exception>
    internal string Assembly(KernelSource source, ElementType type, string variant)
    {
        string what = Title(source, type, variant);
        string output = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            Run(Required(what), what, Text(source, type, variant), $"{_options} -S", output);
            return File.ReadAllText(output);
        }
        finally
        {
            File.Delete(output);
        }
    }

    /// <param name="name">The source's name in messages.</param>
    /// <param name="text">The source.</param>
    /// <returns>The path of the program, compiled now or found in the cache.</returns>
    /// <exception cref="CompilationException">There is no compiler, or it refused the source.</exception>
    internal string CompileProgram(string name, string text) => Compile(name, text, _programOptions, ".run");

    private string Compile(string what, string text, string options, string extension)
    {
        string[] command = Required(what);
        string key = KernelCache.Key(text, options, Identity(command), ProcessorIdentity());
        return _cache.GetOrCompile(key, extension, output => Run(command, what, text, options, output));
    }

    private static string Title(KernelSource source, ElementType type, string variant) =>
        variant.Length == 0 ? $"{source} for {type}" : $"{source} for {type} ({variant})";

    private string Text(KernelSource source, ElementType type, string variant)
    {
        StringBuilder text = new(_defines);
        text.Append(source.Defines(type, variant)).Append(source.Text);
        foreach (string name in source.KernelNames) text.Append("GK_EXPORT(").Append(name).Append(")\n");
        return text.ToString();
    }

    private string[] Required(string what)
    {
        if (_command.Value is { Length: > 0 } command) return command;
        throw new CompilationException(Chosen is { } chosen
            ? $"{what}: {Variable} is set to {chosen}, which does not exist"
            : $"{what}: no C++ compiler found; install g++ (Debian, Ubuntu: apt install g++) or set {Variable}");
    }

    private static void Run(string[] command, string what, string text, string options, string output)
    {
        string[] arguments = [.. command[1..], .. options.Split(' '), "-o", output, "-"];
        ProcessStartInfo start = new(command[0], arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using Process process = Start(start, what);
        Task<string> log = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);  // a full pipe would stop the compiler
        try
        {
            using StreamWriter input = process.StandardInput;
            input.Write(text);
        }
        catch (IOException)
        {
            // The compiler exited before it had read everything; its exit code and log, below, say why.
        }

        process.WaitForExit();
        if (process.ExitCode != 0) throw CompilationException.FromLog(what, Line(command), log.Result, text);
        if (new FileInfo(output) is { Exists: true, Length: > 0 }) return;
        throw new CompilationException(
            $"{what}: {Line(command)} exited with status 0 but wrote nothing; set {Variable} to a C++ compiler");
    }

    private static Process Start(ProcessStartInfo start, string what)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception fault)
        {
            throw new CompilationException($"{what}: the C++ compiler {start.FileName} cannot be started: "
                + $"{fault.Message}; set {Variable} to another");
        }
    }

    /// <summary>
    /// The command with the modification time of every program in it, as a compiler may be the argument of another
    /// program: running it for its version would cost more than a cache hit.
    /// </summary>
    internal static string Identity(string[] command) =>
        string.Join(' ', command.Select(word => Locate(word) is { } path ? FileIdentity(path) : word));

    private static string FileIdentity(string path)
    {
        FileInfo file = new(Path.GetFullPath(path));
        FileSystemInfo target = file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
        return $"{target.FullName} {target.LastWriteTimeUtc.Ticks}";
    }

    private static string ProcessorIdentity()
    {
        if (!File.Exists("/proc/cpuinfo")) return ProcessorName();
        string? flags = File.ReadLines("/proc/cpuinfo").FirstOrDefault(
            text => text.StartsWith("flags", StringComparison.Ordinal)
                || text.StartsWith("Features", StringComparison.Ordinal));
        return ProcessorName() + flags;
    }
}
