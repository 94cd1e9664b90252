namespace GenKernels.Runtime;

/// <summary>One source compiled in one variant for one device: the kernels that it declares.</summary>
public sealed class KernelModule
{
    private readonly Kernel[] _kernels;

    internal KernelModule(KernelSource source, ElementType type, string variant, Kernel[] kernels)
    {
        (Source, Type, Variant) = (source, type, variant);
        _kernels = kernels;
        foreach (Kernel kernel in kernels) kernel.Module = this;
    }

    /// <summary>What was compiled.</summary>
    public KernelSource Source { get; }

    /// <summary>The value of <c>Scalar</c>.</summary>
    public ElementType Type { get; }

    /// <summary>The defines besides <c>Scalar</c>.</summary>
    public string Variant { get; }

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
}
