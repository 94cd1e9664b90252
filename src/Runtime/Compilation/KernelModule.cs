namespace GenKernels.Runtime;

/// <summary>
/// One source in one type and variant for one device: the kernels that it declares, compiled together.
/// </summary>
public sealed class KernelModule
{
    private readonly Kernel[] _kernels;
    private readonly Lazy<CompiledKernel[]> _compiled;

    /// <param name="device">The device that the kernels run on.</param>
    /// <param name="source">What is compiled.</param>
    /// <param name="type">The value of <c>Scalar</c>.</param>
    /// <param name="variant">The defines besides <c>Scalar</c>.</param>
    /// <param name="compile">Compiles the kernels that the source declares, in their order.</param>
    internal KernelModule(
        Device device, KernelSource source, ElementType type, string variant, Func<CompiledKernel[]> compile)
    {
        (Source, Type, Variant) = (source, type, variant);
        _compiled = new Lazy<CompiledKernel[]>(compile);
        _kernels = [.. source.KernelNames.Select((name, index) => new Kernel(device, this, name, index))];
    }

    /// <summary>What was compiled.</summary>
    public KernelSource Source { get; }

    /// <summary>The value of <c>Scalar</c>.</summary>
    public ElementType Type { get; }

    /// <summary>The defines besides <c>Scalar</c>.</summary>
    public string Variant { get; }

    /// <summary>Whether its kernels can be launched without waiting for the compiler.</summary>
    internal bool IsCompiled => _compiled.IsValueCreated;

    /// <param name="name">As the source declares it.</param>
    /// <exception cref="ArgumentException">The source declares no such kernel.</exception>
    public Kernel Kernel(string name)
    {
        foreach (Kernel kernel in _kernels)
        {
            if (kernel.Name == name) return kernel;
        }

        string declared = string.Join(", ", Source.KernelNames);
        throw new ArgumentException($"{Source} declares no kernel {name}; it declares {declared}");
    }

    /// <summary>Compiles unless that is done; waits where another thread is compiling.</summary>
    /// <exception cref="CompilationException">The source does not compile, or there is no compiler.</exception>
    internal void Compile() => _ = _compiled.Value;

    /// <returns>The compiled kernel of an index.</returns>
    internal CompiledKernel Compiled(int index) => _compiled.Value[index];
}
