using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using GenKernels.Runtime.Interop;

namespace GenKernels.Runtime;

/// <summary>
/// Runs kernels that were built with a sanitizer in a separate process, <c>LaunchRunner.cpp</c>: every buffer there is
/// an allocation of exactly its size, the sanitizer sees nothing but kernels, and a report, which ends that process,
/// belongs to the launch that was running. The process is started with the first kernel and again after a fault.
/// </summary>
internal sealed unsafe partial class LaunchRunner : IDisposable
{
    private const string Source = "LaunchRunner.cpp";
    private readonly HostCompiler _compiler;
    private readonly Sanitizer _sanitizer;
    private readonly Lock _lock = new();
    private readonly List<(byte[] Path, byte[] Name)> _kernels = [];
    private Process? _process;
    private BufferedStream? _requests;
    private BufferedStream? _replies;
    private Task<string>? _report;

    internal LaunchRunner(HostCompiler compiler, Sanitizer sanitizer)
    {
        _compiler = compiler;
        _sanitizer = sanitizer;
    }

    /// <summary>Ends the process.</summary>
    public void Dispose()
    {
        lock (_lock) Stop();
    }

    /// <returns>A kernel whose handle is its number in this runner.</returns>
    internal CompiledKernel Open(string path, string name)
    {
        lock (_lock)
        {
            _kernels.Add((Encoding.UTF8.GetBytes(path), Encoding.UTF8.GetBytes(name)));
            int number = _kernels.Count - 1;
            int[] sizes = Converse(name, request => WriteHeader(request, number, 0, -1), reply =>
            {
                int[] parameters = new int[ReadInteger(reply)];
                reply.ReadExactly(MemoryMarshal.AsBytes(parameters.AsSpan()));
                return parameters;
            });
            return new CompiledKernel(number, sizes);
        }
    }

    /// <exception cref="LaunchException">The launch failed, or the sanitizer found a fault in it.</exception>
    internal void Run(Kernel kernel, LaunchShape shape, NativeLaunch launch, ReadOnlySpan<KernelArgument> arguments)
    {
        KernelArgument[] all = arguments.ToArray();
        LaunchBuffers buffers = new(all);
        byte[] described = new ReadOnlySpan<byte>(&launch, sizeof(NativeLaunch)).ToArray();
        string what = $"{kernel.Name} with {shape}";
        lock (_lock)
        {
            string fault = Converse(
                what,
                request =>
                {
                    WriteHeader(request, (int)kernel.Handle, buffers.Count, all.Length);
                    request.Write(described);
                    buffers.WriteTo(request);
                    foreach (KernelArgument argument in all) WriteArgument(request, argument, buffers);
                },
                reply => ReadOutcome(reply, buffers));
            if (fault.Length == 0) return;
            Stop();
            throw new LaunchException($"{what}: {fault}");
        }
    }

    private static string ReadOutcome(Stream reply, LaunchBuffers buffers)
    {
        int status = ReadInteger(reply);
        byte[] message = new byte[ReadInteger(reply)];
        reply.ReadExactly(message);
        if (status != 0) return message.Length == 0 ? $"status {status}" : Encoding.UTF8.GetString(message);
        buffers.ReadFrom(reply);
        return "";
    }

    private static int ReadInteger(Stream reply)
    {
        int value;
        reply.ReadExactly(new Span<byte>(&value, sizeof(int)));
        return value;
    }

    private static void WriteArgument(Stream request, KernelArgument argument, LaunchBuffers buffers)
    {
        (int buffer, long offset) = argument.Tensor is null ? (-1, 0) : buffers.Find(argument.Tensor);
        ulong bits = buffer < 0 ? argument.Bits : (ulong)offset;
        byte* map = stackalloc byte[TensorMap.Bytes];
        argument.Map?.Simulate((nint)bits, map);
        void* value = argument.Map is not null ? map : argument.IsStructure ? (void*)argument.Bits : &bits;
        request.Write(MemoryMarshal.AsBytes<int>([argument.Size, buffer]));
        request.Write(new ReadOnlySpan<byte>(value, argument.Size));
    }

    private void WriteHeader(Stream request, int kernel, int bufferCount, int argumentCount)
    {
        (byte[] path, byte[] name) = _kernels[kernel];
        request.Write(MemoryMarshal.AsBytes<int>([path.Length, name.Length, bufferCount, argumentCount]));
        request.Write(path);
        request.Write(name);
    }

    private T Converse<T>(string what, Action<Stream> ask, Func<Stream, T> listen)
    {
        if (_process is null) Start();
        try
        {
            ask(_requests!);
            _requests!.Flush();
            return listen(_replies!);
        }
        catch (IOException)
        {
            // The process has ended; standard error says why.
            string report = _report!.Result;
            Stop();
            throw new LaunchException($"{what}: {Digest(report)}");
        }
    }

    /// <returns>The finding and its place in one line, then the report up to its summary.</returns>
    private static string Digest(string report)
    {
        Match summary = SummaryLine().Match(report);
        if (!summary.Success) return $"the program that runs kernels under a sanitizer ended\n{report}";
        Match place = PlaceLine().Match(report);
        string where = place.Success ? $", {place.Value}" : "";
        return $"{summary.Groups[1].Value}{where}\n{report[..summary.Index]}";
    }

    private void Start()
    {
        using Stream stream = typeof(LaunchRunner).Assembly.GetManifestResourceStream(Source)!;
        string program = _compiler.CompileProgram(Source, new StreamReader(stream).ReadToEnd());
        ProcessStartInfo start = new(program)
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        _sanitizer.Configure(start.Environment);
        _process = StartAtFixedAddresses(start);
        _requests = new BufferedStream(_process.StandardInput.BaseStream);
        _replies = new BufferedStream(_process.StandardOutput.BaseStream);
        _report = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>
    /// Starts the process without address-space layout randomisation, since ThreadSanitizer refuses to run where it is
    /// strong. A process inherits the setting of the thread that starts it; where the system forbids the change,
    /// nothing changes.
    /// </summary>
    private static Process StartAtFixedAddresses(ProcessStartInfo start)
    {
        const uint ask = 0xFFFFFFFF;
        const uint withoutRandomAddresses = 0x40000;
        int before = Libc.personality(ask);
        if (before >= 0) _ = Libc.personality((uint)before | withoutRandomAddresses);
        try
        {
            return Process.Start(start)!;
        }
        finally
        {
            if (before >= 0) _ = Libc.personality((uint)before);
        }
    }

    private void Stop()
    {
        if (_process is null) return;
        _process.StandardInput.Close();  // the process exits at the end of its input
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    [GeneratedRegex(@"^SUMMARY: (.*\S)", RegexOptions.Multiline)]
    private static partial Regex SummaryLine();

    [GeneratedRegex(@"^at thread .*\)", RegexOptions.Multiline)]
    private static partial Regex PlaceLine();
}
