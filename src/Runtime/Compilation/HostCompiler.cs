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
    private readonly Lazy<string?> _path = new(Find);

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

    /// <summary>The compiler's path, or a note that there is none.</summary>
    internal string Description => _path.Value ?? "no C++ compiler";

    private static string? Chosen =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } chosen ? chosen : null;

    /// <returns>The first line of the compiler's <c>--version</c>, or a note that there is no compiler.</returns>
    internal string Version()
    {
        if (_path.Value is not { } compiler) return Description;
        ProcessStartInfo start = new(compiler, ["--version"]) { RedirectStandardOutput = true };
        using Process process = Start(start, "the version of the compiler");
        string line = process.StandardOutput.ReadLine() ?? compiler;
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
    /// The path of the compiler: the one that <c>GENKERNELS_CXX</c> names and no other, else the first that exists of
    /// <c>CXX</c>, g++ and clang++; null where there is none.
    /// </returns>
    internal static string? Find()
    {
        string?[] named =
            Chosen is { } chosen ? [chosen] : [Environment.GetEnvironmentVariable("CXX"), "g++", "clang++"];
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return named.Where(name => !string.IsNullOrEmpty(name))
            .SelectMany(name =>
                Path.IsPathRooted(name) ? [name] : folders.Select(folder => Path.Combine(folder, name!)))
            .FirstOrDefault(File.Exists);
    }

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
        string compiler = Required(what);
        string key = KernelCache.Key(text, options, Identity(compiler), ProcessorIdentity());
        return _cache.GetOrCompile(key, extension, output => Run(compiler, what, text, options, output));
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

    private string Required(string what) => _path.Value ?? throw new CompilationException(Chosen is { } chosen
        ? $"{what}: {Variable} is set to {chosen}, which does not exist"
        : $"{what}: no C++ compiler found; install g++ (Debian, Ubuntu: apt install g++) or set {Variable}");

    private static void Run(string compiler, string what, string text, string options, string output)
    {
        ProcessStartInfo start = new(compiler)
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (string option in options.Split(' ')) start.ArgumentList.Add(option);
        start.ArgumentList.Add("-o");
        start.ArgumentList.Add(output);
        start.ArgumentList.Add("-");
        using Process process = Start(start, what);
        Task<string> log = process.StandardError.ReadToEndAsync();
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
        if (process.ExitCode != 0) throw CompilationException.FromLog(what, compiler, log.Result, text);
        if (new FileInfo(output) is { Exists: true, Length: > 0 }) return;
        throw new CompilationException(
            $"{what}: {compiler} exited with status 0 but wrote nothing; set {Variable} to a C++ compiler");
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
    /// The compiler's file and its modification time: running it for its version would cost more than a cache hit.
    /// </summary>
    private static string Identity(string compiler)
    {
        FileInfo file = new(Path.GetFullPath(compiler));
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
