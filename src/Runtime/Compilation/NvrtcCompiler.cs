using System.Runtime.InteropServices;
using System.Text;
using GenKernels.Runtime.Interop;
using static GenKernels.Runtime.Interop.Nvrtc;

namespace GenKernels.Runtime;

/// <summary>
/// Compiles kernels with NVRTC: to machine code for exactly this GPU, or, where the GPU is newer than NVRTC, to PTX of
/// the newest architecture that NVRTC knows, which the driver then JIT-compiles.
/// </summary>
internal sealed unsafe class NvrtcCompiler
{
    // No --use_fast_math: precise mathematics stays the default. Unannotated functions, such as constexpr ones, are
    // device code.
    private const string Options =
        "--std=c++20 --fmad=true --device-as-default-execution-space --generate-line-info --disable-warnings";

    // From this capability on, an "a" asks for architecture-specific features (PTX ISA: sm_90a, sm_100a, ...).
    private const int FirstWithOwnFeatures = 90;

    private readonly KernelCache _cache;
    private readonly int _capability;
    private readonly NativeLibraryLocator _library;
    private readonly Lazy<(string Version, string Target)> _target;

    /// <param name="cache">Where compiled code is kept.</param>
    /// <param name="capability">The GPU's compute capability, as 10 times major plus minor.</param>
    /// <param name="library">NVRTC; tests pass another.</param>
    internal NvrtcCompiler(KernelCache cache, int capability, NativeLibraryLocator? library = null)
    {
        _cache = cache;
        _capability = capability;
        _library = library ?? NativeLibraries.Nvrtc;
        _target = new Lazy<(string, string)>(ReadTarget);
    }

    /// <summary>NVRTC's version, or a note that it is missing.</summary>
    internal string Description => _library.IsFound ? _target.Value.Version : "no NVRTC";

    /// <returns>The code, compiled now or found in the cache: machine code, or PTX with its terminating zero.</returns>
    /// <exception cref="CompilationException">There is no NVRTC, or it refused the source.</exception>
    internal byte[] Compile(KernelSource source, ElementType type, string variant)
    {
        (string what, string text) = Prepare(source, type, variant);
        (string version, string target) = _target.Value;
        string key = KernelCache.Key(text, Options, target, version);
        string extension = IsMachine(target) ? ".cubin" : ".ptx";
        return KernelCache.ReadCode(_cache.GetOrCompile(
            key, extension, output => File.WriteAllBytes(output, Run(what, text, target, version))));
    }

    /// <summary>Whether <see cref="Compile"/> returns machine code rather than PTX.</summary>
    internal bool IsMachineCode => IsMachine(_target.Value.Target);

    /// <returns>Whether kernels are compiled for this target; false without NVRTC.</returns>
    /// <param name="target">In the form that <see cref="TargetFor"/> returns.</param>
    /// <exception cref="CompilationException">NVRTC supports no architecture that the GPU can run.</exception>
    internal bool CompilesFor(string target) => _library.IsFound && _target.Value.Target == target;

    /// <returns>The PTX behind the machine code, compiled anew on every call.</returns>
    /// <exception cref="CompilationException">There is no NVRTC, or it refused the source.</exception>
    internal string Ptx(KernelSource source, ElementType type, string variant)
    {
        (string what, string text) = Prepare(source, type, variant);
        (string version, string target) = _target.Value;
        byte[] code = Run(what, text, target.Replace("sm_", "compute_", StringComparison.Ordinal), version);
        return Encoding.UTF8.GetString(code).TrimEnd('\0');
    }

    /// <returns>The architecture to compile for: <c>sm_</c> for machine code, <c>compute_</c> for PTX.</returns>
    /// <param name="capability">The GPU's compute capability, as 10 times major plus minor.</param>
    /// <param name="supported">The capabilities that NVRTC compiles for, in the same form.</param>
    /// <exception cref="CompilationException">NVRTC supports no architecture that the GPU can run.</exception>
    internal static string TargetFor(int capability, ReadOnlySpan<int> supported)
    {
        if (supported.Contains(capability)) return $"sm_{capability}{(capability >= FirstWithOwnFeatures ? "a" : "")}";
        int newest = 0;
        foreach (int architecture in supported)
        {
            if (architecture < capability) newest = Math.Max(newest, architecture);
        }

        if (newest > 0) return $"compute_{newest}";
        string known = string.Join(", ", supported.ToArray());
        throw new CompilationException($"NVRTC compiles for {known}, the GPU is {capability}; install an older one");
    }

    private (string What, string Text) Prepare(KernelSource source, ElementType type, string variant)
    {
        if (!_library.IsFound) throw new CompilationException($"{source}: {_library.Report}");
        string what = variant.Length == 0 ? $"{source} for {type}" : $"{source} for {type} ({variant})";
        return (what, source.Defines(type, variant) + source.Text);
    }

    private static bool IsMachine(string target) => target.StartsWith("sm_", StringComparison.Ordinal);

    private (string Version, string Target) ReadTarget()
    {
        int major, minor, count;
        nvrtcVersion(&major, &minor).ThrowIfFailed();
        nvrtcGetNumSupportedArchs(&count).ThrowIfFailed();
        int[] supported = new int[count];
        fixed (int* architectures = supported) nvrtcGetSupportedArchs(architectures).ThrowIfFailed();
        return ($"NVRTC {major}.{minor}", TargetFor(_capability, supported));
    }

    private static byte[] Run(string what, string text, string target, string version)
    {
        nvrtcProgram program;
        nvrtcCreateProgram(&program, text, what, 0, null, null).ThrowIfFailed();
        try
        {
            string[] options = [.. Options.Split(' '), "--gpu-architecture=" + target];
            nvrtcResult status = CompileProgram(program, options);
            if (status == nvrtcResult.NVRTC_ERROR_COMPILATION)
            {
                throw CompilationException.FromLog(what, $"{version} ({target})", Log(program), text);
            }

            // Any other failure is not the source's: an unknown option, missing builtins. The log still has details.
            if (status != nvrtcResult.NVRTC_SUCCESS) status.ThrowIfFailed($"compiling {what} ({Log(program)})");
            return IsMachine(target) ? MachineCode(program) : Ptx(program);
        }
        finally
        {
            nvrtcDestroyProgram(&program);
        }
    }

    private static nvrtcResult CompileProgram(nvrtcProgram program, string[] options)
    {
        byte** values = stackalloc byte*[options.Length];
        for (int index = 0; index < options.Length; index++)
        {
            values[index] = (byte*)Marshal.StringToCoTaskMemUTF8(options[index]);
        }

        try
        {
            return nvrtcCompileProgram(program, options.Length, values);
        }
        finally
        {
            for (int index = 0; index < options.Length; index++) Marshal.FreeCoTaskMem((nint)values[index]);
        }
    }

    private static string Log(nvrtcProgram program)
    {
        nuint size;
        nvrtcGetProgramLogSize(program, &size).ThrowIfFailed();
        byte[] log = new byte[size];
        fixed (byte* bytes = log)
        {
            if (size > 0) nvrtcGetProgramLog(program, bytes).ThrowIfFailed();
        }

        return Encoding.UTF8.GetString(log).TrimEnd('\0', '\n');
    }

    private static byte[] MachineCode(nvrtcProgram program)
    {
        nuint size;
        nvrtcGetCUBINSize(program, &size).ThrowIfFailed();
        byte[] code = new byte[size];
        fixed (byte* bytes = code) nvrtcGetCUBIN(program, bytes).ThrowIfFailed();
        return code;
    }

    private static byte[] Ptx(nvrtcProgram program)
    {
        nuint size;
        nvrtcGetPTXSize(program, &size).ThrowIfFailed();
        byte[] code = new byte[size];
        fixed (byte* bytes = code) nvrtcGetPTX(program, bytes).ThrowIfFailed();
        return code;
    }
}
