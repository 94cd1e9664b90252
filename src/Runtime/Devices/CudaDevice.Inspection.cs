using System.Diagnostics;
using GenKernels.Runtime.Interop;
using static GenKernels.Runtime.Interop.CudaDriver;

namespace GenKernels.Runtime;

// The code and the resources of kernels.
public sealed unsafe partial class CudaDevice
{
    private static readonly (string Name, string[] Arguments)[] s_disassemblers =
        [("nvdisasm", []), ("cuobjdump", ["-sass"])];

    private static readonly string[] s_toolkits = ["CUDA_HOME", "CUDA_PATH"];

    /// <inheritdoc/>
    public override KernelFootprint? Footprint(Kernel kernel, LaunchShape shape)
    {
        MakeCurrent();
        CUfunction function = new(kernel.Handle);
        int most, blocks;
        cuDeviceGetAttribute(&most, CUdevice_attribute.MAX_THREADS_PER_MULTIPROCESSOR, _device).ThrowIfFailed();
        cuOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, function, shape.BlockX, (nuint)shape.SharedBytes)
            .ThrowIfFailed();
        return new KernelFootprint(
            Attribute(CUfunction_attribute.NUM_REGS),
            Attribute(CUfunction_attribute.SHARED_SIZE_BYTES) + shape.SharedBytes,
            Attribute(CUfunction_attribute.LOCAL_SIZE_BYTES),
            (double)blocks * shape.BlockX / Math.Max(1, most));

        int Attribute(CUfunction_attribute attribute)
        {
            int value;
            cuFuncGetAttribute(&value, attribute, function).ThrowIfFailed();
            return value;
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Language, string Text)> Translate(
        KernelSource source, ElementType type, string variant = "")
    {
        List<(string, string)> texts = [("PTX", _compiler.Ptx(source, type, variant))];
        byte[] code = _compiler.Compile(source, type, variant);
        if (_compiler.IsMachineCode && Disassemble(code) is { } text) texts.Add(("SASS", text));
        return texts;
    }

    /// <returns>Machine code as text; null where no disassembler is found.</returns>
    private static string? Disassemble(byte[] code)
    {
        foreach ((string name, string[] arguments) in s_disassemblers)
        {
            if (FindTool(name) is not { } tool) continue;
            string file = Path.Combine(Path.GetTempPath(), $"{Path.GetRandomFileName()}.cubin");
            try
            {
                File.WriteAllBytes(file, code);
                ProcessStartInfo start = new(tool, [.. arguments, file]) { RedirectStandardOutput = true };
                using Process process = Process.Start(start)!;
                string text = process.StandardOutput.ReadToEnd();
                process.WaitForExit();
                if (process.ExitCode == 0) return text;
            }
            finally
            {
                File.Delete(file);
            }
        }

        return null;
    }

    private static string? FindTool(string name)
    {
        IEnumerable<string> toolkits = s_toolkits
            .Select(variable => Environment.GetEnvironmentVariable(variable) ?? "")
            .Where(folder => folder.Length > 0).Append("/usr/local/cuda").Select(folder => Path.Combine(folder, "bin"));
        string program = OperatingSystem.IsWindows() ? $"{name}.exe" : name;
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(toolkits)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
    }
}
